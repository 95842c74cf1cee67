import { expect, it } from '@jest/globals';
import { OffsetsSet } from './offsets-set.js';

/** Offsets 12 and 13 are finished above a watermark of 10. */
const ABOVE = '1:Bg';
const at = (offset: string, metadata = '') => new Map([['nuncio.events', new Map([[3, { offset, metadata }]])]]);
const effects = (...looks: readonly [commits: ReturnType<typeof at>, hasMembers: boolean][]) => {
  const set = new OffsetsSet();
  return looks.map(([commits, hasMembers]) => set.look('nuncio.dispatcher', commits, hasMembers).map(({ from, to, skipped, repeated }) => [from, to, skipped, repeated])).at(-1);
};

it.each([
  ['to the end', at('20'), ['10', '20', 8, 0]],
  ['to the beginning', at('0'), ['10', '0', 0, 12]],
  ['between what is finished', at('13'), ['10', '13', 2, 1]],
  ['to where it was', at('10'), ['10', '10', 0, 2]],
])('says what is skipped and what is handled again when an offset is set %s', (_, now, told) => {
  expect(effects([at('10', ABOVE), false], [now, false])).toEqual([told]);
});

it('says it once, and nothing of what did not change', () => {
  expect(effects([at('10'), false], [at('20'), false], [at('20'), false])).toEqual([]);
});

it('takes nothing that members did for it', () => {
  expect(effects([at('10'), true], [at('20'), true])).toEqual([]);
  expect(effects([at('10'), true], [at('20'), false])).toEqual([]);
  expect(effects([at('10', ABOVE), false], [at('20'), true])).toEqual([]);
  expect(effects([at('10', ABOVE), false], [at('20'), true], [at('30'), false])).toEqual([]);
  // They came and left between two looks.
  expect(effects([at('10', ABOVE), false], [at('20', '1:'), false])).toEqual([]);
});

it('notices an offset that was set back, also when members have come since', () => {
  expect(effects([at('10'), false], [at('4'), true])).toEqual([['10', '4', 0, 6]]);
});

it('leaves offsets that were deleted, or committed for the first time, to others', () => {
  expect(effects([at('10'), false], [at('-1'), false])).toEqual([]);
  expect(effects([at('-1'), false], [at('10'), false])).toEqual([]);
});

it('keeps groups and partitions apart', () => {
  const set = new OffsetsSet();
  set.look('nuncio.dispatcher', at('10'), false);
  expect(set.look('nuncio.delay', at('20'), false)).toEqual([]);
  expect(set.look('nuncio.dispatcher', new Map([['nuncio.events', new Map([[4, { offset: '20', metadata: null }]])]]), false)).toEqual([]);
});
