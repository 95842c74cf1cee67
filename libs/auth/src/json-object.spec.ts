import { describe, expect, it } from '@jest/globals';
import { readJsonObject } from './json-object.js';

const read = (text: string | Buffer): unknown => readJsonObject(Buffer.from(text as string));

describe('readJsonObject', () => {
  it.each([
    ['{}', {}],
    [' {"a":1.5,"b":[{"c":null}]}\n', { a: 1.5, b: [{ c: null }] }],
    ['\ufeff{"a":"é"}', { a: 'é' }],
    ['{"a":1,"A":2,"b":{"a":3}}', { a: 1, A: 2, b: { a: 3 } }],
  ])('reads %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it('treats __proto__ as an ordinary name', () => {
    expect(Object.entries(read('{"__proto__":{"a":1}}') as object)).toEqual([['__proto__', { a: 1 }]]);
  });

  it.each(['', ' ', 'null', 'true', '5', '"a"', '[]', '[{}]', '{', '{"a":1', '{"a":1}{}', '{"a":1,}', "{'a':1}", '{"a":1} // a', '/**/{}', '{"a":1,"a":1}', '{"a":1,"b":2,"\\u0061":3}'])('refuses %j', (text) => {
    expect(read(text)).toBeNull();
  });

  it('refuses bytes that are not UTF-8, and unlimited nesting', () => {
    expect(read(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeNull();
    expect(read(`{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`)).toBeNull();
  });
});
