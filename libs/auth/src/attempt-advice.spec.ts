import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ErrorClass } from '@nuncio/contracts';
import { adviceOf, BY_CLASS, BY_STATUS } from './attempt-advice.js';

const page = readFileSync(new URL('../../../docs/reference.md', import.meta.url), 'utf8');
const rowsUnder = (heading: string): string[] => {
  const section = page.slice(page.indexOf(`\n${heading}\n`) + 1).split(/\n##/)[0] ?? '';
  return section.split('\n').filter((line) => line.startsWith('| `'));
};
const rowsOf = (table: Readonly<Record<string, { means: string; toDo: string }>>): string[] => Object.entries(table).map(([name, { means, toDo }]) => `| \`${name}\` | ${means} | ${toDo} |`);
const failed = (errorClass: ErrorClass, status: number | null) => adviceOf({ error: { class: errorClass, detail: null }, response: status === null ? null : { status, headers: {}, body: '', bodyTruncated: false }, tokenError: null } as never).advice;

describe('the advice on a failed attempt', () => {
  it('is in docs/reference.md, word for word', () => {
    expect(rowsUnder('## Why an attempt failed')).toEqual(rowsOf(BY_CLASS));
    expect(rowsUnder('### What a status means').sort()).toEqual(rowsOf(BY_STATUS).sort());
  });

  it('exists for every class, and for every status that an endpoint may answer', () => {
    for (const errorClass of ErrorClass.options) expect(failed(errorClass, null)).toMatch(/^[A-Z].+\. .+\.$/);
    for (let status = 200; status < 600; status++) {
      if (status >= 300 && status < 400) continue;
      expect(failed('http', status)).toMatch(new RegExp(`^${status}: .+\\. .+\\.$`));
      expect(failed('http', status)).not.toContain(BY_CLASS.http.means);
    }
  });

  it('speaks of the status, of its class if nothing is known of it alone, and of the token if there was none', () => {
    expect(failed('http', 404)).toBe('404: the endpoint has nothing at this path. Check the path of the URL, and that the handler is deployed.');
    expect(failed('http', 418)).toBe('418: the endpoint refuses the request. Read the answer and the log of the endpoint.');
    expect(failed('redirect', 301)).toBe('The endpoint redirects, and redirects are never followed. Give the callback the URL that it redirects to.');
    expect(adviceOf({ error: { class: 'token', detail: null }, response: null, tokenError: { class: 'http', httpStatus: 429, code: null } } as never)).toMatchObject({ advice: expect.stringMatching(/asked too often/), adviceCode: 'token.too_many_requests' });
    expect(adviceOf({ error: null, response: null, tokenError: null })).toEqual({ advice: null, adviceCode: null });
  });
});
