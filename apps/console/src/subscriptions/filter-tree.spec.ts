import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inWords, readFilter, toFilter, toTree, type Filter, type Node } from './filter-tree.js';

const path = fc.constantFrom('source', 'subject', '/data/country', '/data/lines/0/sku');
const { filter } = fc.letrec<{ filter: Filter; inner: Filter }>((tie) => ({
  inner: fc.oneof({ maxDepth: 3 }, fc.record({ exact: fc.dictionary(path, fc.constantFrom('DE', 1, true, null), { minKeys: 1, maxKeys: 3 }) }), fc.record({ prefix: fc.dictionary(path, fc.constantFrom('a', 'b'), { minKeys: 1, maxKeys: 2 }) }), fc.record({ suffix: fc.dictionary(path, fc.constantFrom('a', 'b'), { minKeys: 1, maxKeys: 2 }) }), tie('filter')),
  filter: fc.oneof(fc.record({ all: fc.array(tie('inner'), { minLength: 1, maxLength: 3 }) }), fc.record({ any: fc.array(tie('inner'), { minLength: 1, maxLength: 3 }) }), fc.record({ not: tie('inner') })),
}));

/** What a filter says of an event, as docs/api.md has it. */
const holds = ({ exact, prefix, suffix, all, any, not }: Filter, event: Record<string, unknown>): boolean => {
  if (exact) return Object.entries(exact).every(([name, value]) => event[name] === value);
  if (prefix) return Object.entries(prefix).every(([name, value]) => typeof event[name] === 'string' && event[name].startsWith(value));
  if (suffix) return Object.entries(suffix).every(([name, value]) => typeof event[name] === 'string' && event[name].endsWith(value));
  if (not) return !holds(not, event);
  return all ? all.every((one) => holds(one, event)) : (any ?? []).some((one) => holds(one, event));
};

describe('a filter as one builds it', () => {
  it('says the same of every event as the filter that it was made of', () => {
    const event = fc.dictionary(path, fc.constantFrom('DE', 'ab', 'b', 1, true, null));
    fc.assert(fc.property(filter, event, (given, of) => { expect(holds(toFilter(toTree(given)), of)).toBe(holds(given, of)); }));
  });

  it('is the same tree again', () => {
    fc.assert(fc.property(filter, (given) => { expect(toTree(toFilter(toTree(given)))).toEqual(toTree(given)); }));
  });

  it('keeps what is not finished', () => {
    const unfinished: Node = { kind: 'all', of: [{ kind: 'exact', path: '', value: '' }, { kind: 'none', of: [] }] };
    expect(toTree(toFilter(unfinished))).toEqual(unfinished);
  });
});

describe('a filter as text', () => {
  it.each([
    ['{"exact":{"/data/country":"DE"}}', '/data/country is "DE"'],
    ['{"all":[{"prefix":{"source":"/eu"}},{"any":[{"exact":{"/data/n":1}},{"exact":{"/data/n":null}}]}]}', 'source begins with "/eu" and (/data/n is 1 or /data/n is null)'],
    ['{"not":{"any":[{"suffix":{"subject":"x"}},{"exact":{"subject":"y"}}]}}', 'not (subject ends with "x" or subject is "y")'],
  ])('is read and said: %s', (text, words) => {
    const read = readFilter(text);
    expect(read && inWords(toTree(read))).toBe(words);
  });

  it.each(['', '{', 'null', '[]', '{}', '{"sql":"x"}', '{"exact":{"a":1},"any":[]}', '{"all":{"a":1}}', '{"not":[1]}', '{"exact":{"a":{}}}', '{"any":[{"exact":{"a":"b"}},7]}'])('is none: %s', (text) => {
    expect(readFilter(text)).toBeNull();
  });
});
