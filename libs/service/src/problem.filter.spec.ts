import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { Fault } from '@nuncio/contracts';
import { faultCodes, toProblem } from './problem.filter.js';

it('has every code on the page of the API, with its status and title', () => {
  const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
  const rows = faultCodes.map((code) => {
    const { status, title } = toProblem(new Fault(code, ''), '');
    return `| \`${code}\` | ${status} | ${title} |`;
  });
  expect(page).toContain(`| code | status | title |\n|---|---|---|\n${rows.join('\n')}\n\n`);
});
