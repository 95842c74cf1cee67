import { describe, expect, it } from '@jest/globals';
import { differencesOf } from './differences.js';

type Attempt = Parameters<typeof differencesOf>[0];

const attempt = (status: number, headers: Record<string, string>, more: object = {}): Attempt =>
  ({ request: { method: 'POST', url: 'https://a/hooks', headers: { 'content-type': 'application/json', 'webhook-timestamp': String(Math.random()) } }, response: { status, headers, body: '{}' }, error: null, ...more }) as unknown as Attempt;

describe('two attempts', () => {
  it('differ in what was answered, not in what is another one in every request', () => {
    expect(differencesOf(attempt(503, { 'retry-after': '30', date: 'now' }), attempt(204, { date: 'later' }))).toEqual([
      { what: 'answer', before: '503', after: '204' },
      { what: 'answer: retry-after', before: '30', after: null },
    ]);
  });

  it('differ in that one was not answered, and say why', () => {
    expect(differencesOf(attempt(200, {}), attempt(200, {}, { response: null, error: { class: 'timeout' } }))).toEqual([
      { what: 'answer', before: '200', after: 'timeout' },
      { what: 'answer’s body', before: '{}', after: null },
    ]);
  });
});
