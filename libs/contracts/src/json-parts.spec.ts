import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonParts } from './index.js';

describe('the parts of a JSON text', () => {
  it('are its members or elements, as JSON.parse sees them', () => {
    const spaced = (value: unknown): string => ` ${JSON.stringify(value, null, 2)}\n`;
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        expect(jsonParts(spaced(values))?.map(({ text }) => JSON.parse(text) as unknown)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.jsonValue())), (members) => {
        const text = `{${members.map(([name, value]) => `${JSON.stringify(name)} : ${spaced(value)}`).join(',')}}`;
        expect(jsonParts(text)?.map(({ name, text: value }): unknown[] => [name, JSON.parse(value)])).toEqual(JSON.parse(JSON.stringify(members)));
      }),
    );
  });

  it('keep their source, and end with their strings', () => {
    expect(jsonParts('{"a\\"}":1.0 , "b" : "\\\\" , "c":[ "]}" ]}')).toEqual([
      { name: 'a"}', text: '1.0' },
      { name: 'b', text: '"\\\\"' },
      { name: 'c', text: '[ "]}" ]' },
    ]);
    expect([jsonParts('[]'), jsonParts(' {} '), jsonParts('7'), jsonParts('"["')]).toEqual([[], [], null, null]);
  });

  it('are found at any depth', () => {
    const deep = '['.repeat(500_000) + ']'.repeat(500_000);
    expect(jsonParts(`{"data":${deep}}`)).toEqual([{ name: 'data', text: deep }]);
  });
});
