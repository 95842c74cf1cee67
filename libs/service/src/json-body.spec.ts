import { expect, it } from '@jest/globals';
import { unfit } from './json-body.js';

const faults = (json: string) => unfit(JSON.parse(json))?.errors.map(({ pointer, code }) => `${pointer} ${code}`) ?? [];

it('accepts text that can be passed on and stored', () => {
  expect(faults('{"name":"\\ud83d\\ude00 ü","list":[1,null,true,{}],"nested":[[[]]]}')).toEqual([]);
});

it('reports every text that cannot be, including names', () => {
  expect(faults('{"name":"a\\u0000","list":["ok","\\ud800"],"a/b":{"\\udc00":1}}')).toEqual(['/name text', '/list/1 text', '/a~1b/\udc00 text']);
});

it('allows no deeper nesting than later steps can process', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  expect(faults(nested(500))).toEqual([]);
  expect(faults(nested(200_000))).toEqual([`${'/0'.repeat(500)} too-deep`]);
});

it('reports at most a hundred faults: with 50,000 of them, deep down, each had a pointer', () => {
  const fault = unfit(Array.from({ length: 50_000 }, () => '\0'));
  expect([fault?.errors.length, fault?.message]).toEqual([100, '100 fields or more are invalid.']);
});

it('refuses a number that would change: a schema with a minimum of 1e400 was stored without it', () => {
  expect(faults('{"schema":{"minimum":1e400,"maximum":-1e999,"multipleOf":1e308}}')).toEqual(['/schema/minimum number', '/schema/maximum number']);
});
