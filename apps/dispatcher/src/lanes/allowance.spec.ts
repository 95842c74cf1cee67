import { expect, it } from '@jest/globals';
import { allowanceOf, expectedWaitMs, isQuick } from './allowance.js';
import type { State } from './pace.js';

const room = { deliveries: 32_000, bytes: 64_000_000 };
const answering = (perSecond: number, usualPerSecond = perSecond, forMs = 60_000): State => ({ is: 'answering', perSecond, usualPerSecond, forMs });
const waitMs = (state: State, ahead: number, silenceMs = 0): number => expectedWaitMs({ state, places: 2, timeoutMs: 2_000, rate: null }, ahead, silenceMs);
const allowed = (state: State, places = 64): number => allowanceOf({ state, places, timeoutMs: 15_000, rate: null }, room, () => 0).deliveries;

it('takes for quick what is delivered sooner than it is held: a burst of 100,000 took three times as long, and kept the others waiting', () => {
  expect(isQuick(answering(1_000))).toBe(true);
  expect(isQuick(answering(999))).toBe(false);
  expect(isQuick({ is: 'unknown', forMs: 999, perSecond: null })).toBe(true);
  expect(isQuick({ is: 'unknown', forMs: 1_000, perSecond: null })).toBe(false);
  expect(isQuick({ is: 'silent' })).toBe(false);
});

it('lets wait what an endpoint answers within its timeout', () => {
  expect(allowed(answering(2_000))).toBe(30_000);
  expect(allowed(answering(10))).toBe(150);
  expect(allowed(answering(1))).toBe(64);
  expect(allowed({ is: 'unknown', forMs: 2_000, perSecond: null })).toBe(1_000);
  expect(allowed({ is: 'silent' })).toBe(64);
});

const MIB_4 = 4_194_304;
const UNKNOWN: State = { is: 'unknown', forMs: 1_000, perSecond: null };
const SILENT: State = { is: 'silent' };

it.each<[string, State, { places?: number; returned?: number; rate?: { perSecond: number; nextInMs: number }; in?: { deliveries: number; bytes: number } }, [fresh: number, deliveries: number, bytes: number]]>([
  ['an endpoint that is new', { is: 'unknown', forMs: 999, perSecond: null }, {}, [32_000, 32_000, 64_000_000]],
  ['an unknown one', UNKNOWN, {}, [1_000, 1_000, MIB_4]],
  ['a brisk one', answering(100), {}, [1_500, 1_500, 64_000_000]],
  ['a brisk one with more places than it answers', answering(100), { places: 2_000 }, [2_000, 2_000, 64_000_000]],
  ['one that is not brisk', answering(99), {}, [1_485, 1_485, MIB_4]],
  ['a slow one', answering(1), {}, [64, 64, MIB_4]],
  ['a silent one', SILENT, {}, [64, 64, MIB_4]],
  ['a silent one to which some have just returned', SILENT, { returned: 10 }, [64, 74, MIB_4]],
  ['a silent one to which many have just returned', SILENT, { returned: 5_000 }, [64, 1_064, MIB_4]],
  ['one whose tenant has little room', UNKNOWN, { in: { deliveries: 30, bytes: 900 } }, [30, 30, 900]],
  ['a silent one whose tenant has little room', SILENT, { returned: 10, in: { deliveries: 70, bytes: 900 } }, [64, 70, 900]],
  ['one with a rate', answering(10), { rate: { perSecond: 2, nextInMs: 0 } }, [31, 31, MIB_4]],
  ['one whose rate lets the next start late', answering(10), { rate: { perSecond: 2, nextInMs: 14_000 } }, [3, 3, MIB_4]],
  ['one whose rate lets the next start at the last moment', answering(10), { rate: { perSecond: 2, nextInMs: 15_000 } }, [1, 1, MIB_4]],
  ['one whose rate lets none start', answering(10), { rate: { perSecond: 2, nextInMs: 15_001 } }, [0, 0, MIB_4]],
  ['a silent one whose rate lets none start for long', SILENT, { returned: 10, rate: { perSecond: 2, nextInMs: 60_000 } }, [0, 10, MIB_4]],
  ['a silent one with a rate', SILENT, { returned: 10, rate: { perSecond: 2, nextInMs: 14_000 } }, [3, 13, MIB_4]],
])('lets wait for %s what the table says', (_, state, { places = 64, returned = 0, rate = null, in: within = room }, [fresh, deliveries, bytes]) => {
  expect(allowanceOf({ state, places, timeoutMs: 15_000, rate }, within, () => returned)).toEqual({ fresh, deliveries, bytes });
});

it('expects what waits to start as its rate allows, if that is later than its pace', () => {
  const waitAtRate = (nextInMs: number, ahead: number): number => expectedWaitMs({ state: answering(1), places: 2, timeoutMs: 2_000, rate: { perSecond: 2, nextInMs } }, ahead, 0);
  expect(waitAtRate(300, 0)).toBe(300);
  expect(waitAtRate(7_000, 10)).toBe(12_000);
  expect(waitAtRate(300, 10)).toBe(10_000);
  expect(waitMs(UNKNOWN, 10)).toBe(0);
});

it('expects what waits behind others to start at the pace that is usual: what waited for an endpoint that hung for two seconds came two minutes later', () => {
  expect(waitMs(answering(30), 150)).toBe(5_000);
  expect(waitMs(answering(1, 25), 150, 2_000)).toBe(6_000);
  expect(waitMs(answering(1, 25), 0, 8_000)).toBe(2_000);
  expect(waitMs({ is: 'silent' }, 150, 8_000)).toBe(2_000);
});

it('does not foretell an hour from what it has seen for seconds', () => {
  expect(waitMs(answering(1, 1, 2_000), 3_600)).toBe(8_000);
  expect(waitMs(answering(1, 1, 3_600_000), 3_600)).toBe(3_600_000);
  expect(waitMs({ is: 'unknown', forMs: 2_000, perSecond: 1 }, 3_600)).toBe(8_000);
});
