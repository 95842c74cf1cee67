import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { moves, type Move } from './moves.js';

/** Where the move decides itself. */
const leadsTo: Readonly<Record<string, string>> = { edit: 'draft, or the same', verify: 'validated, ready-to-submit, blocked', unsuspend: 'deactivated, or draft', delete: '–' };

it('is the table on the page of the API', () => {
  const page = readFileSync(new URL('../../../../docs/api.md', import.meta.url), 'utf8');
  const rows = Object.entries<Move>(moves).map(([name, { by, from, to }]) => `| \`${name}\` | ${by.join(', ')} | ${from.join(', ')} | ${to ?? leadsTo[name] ?? ''} |`);
  expect(page).toContain(`| move | who | from | to |\n|---|---|---|---|\n${rows.join('\n')}\n\n`);
});
