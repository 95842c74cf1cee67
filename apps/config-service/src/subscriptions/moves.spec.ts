import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { SubscriptionState, type Role } from '@nuncio/contracts';
import { moves, movesOf, type Move, type MoveName } from './moves.js';

/** The states that a move may lead to, if the move itself decides. */
const leadsTo: Readonly<Record<string, string>> = { edit: 'draft, or the same', verify: 'validated, ready-to-submit, blocked', unsuspend: 'deactivated, or draft', delete: '–' };

it('follows the table on the page of the API', () => {
  const page = readFileSync(new URL('../../../../docs/api.md', import.meta.url), 'utf8');
  const rows = Object.entries<Move>(moves).map(([name, { by, from, to }]) => `| \`${name}\` | ${by.join(', ')} | ${from.join(', ')} | ${to ?? leadsTo[name] ?? ''} |`);
  expect(page).toContain(`| move | who | from | to |\n|---|---|---|---|\n${rows.join('\n')}\n\n`);
});

it.each<Role>(['admin', 'provider', 'owner', 'consumer', 'publisher', 'viewer'])('offers the role %s the moves of the table, but not the deletion of what a provider has suspended', (role) => {
  const table = Object.entries<Move>(moves) as [MoveName, Move][];
  for (const state of SubscriptionState.options) {
    const expected = table.filter(([name, { by, from }]) => by.includes(role) && from.includes(state) && !((role === 'consumer' || role === 'owner') && state === 'suspended' && name === 'delete'));
    expect([state, ...movesOf(state, { role })]).toEqual([state, ...expected.map(([name]) => name)]);
  }
});
