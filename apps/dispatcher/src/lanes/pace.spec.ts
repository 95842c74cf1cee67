import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';

let now = 0;
const pace = (): Pace => new Pace(() => now);
const perSecond = (of: Pace, places: number): number => {
  const state = of.state(places);
  return state.is === 'silent' ? 0 : (state.perSecond ?? NaN);
};
/** One request after another, each answered after `ms`, with `idleMs` between them. */
function answer(of: Pace, times: number, ms: number, idleMs = 0): void {
  for (let n = 0; n < times; n++) {
    of.started();
    now += ms;
    of.ended(true);
    now += idleMs;
  }
}

describe('pace', () => {
  it('is places ÷ latency, whether traffic is heavy or light', () => {
    const [heavy, light] = [pace(), pace()];
    answer(heavy, 1_000, 5);
    expect(perSecond(heavy, 32)).toBeCloseTo(6_400, -1);
    answer(light, 20, 5, 10_000);
    expect(perSecond(light, 32)).toBeCloseTo(6_400, -1);
  });

  it('is not mistaken by the first answer of many that are out', () => {
    const p = pace();
    for (let n = 0; n < 32; n++) p.started();
    now += 200;
    p.ended(true);
    expect(perSecond(p, 32)).toBeGreaterThan(150); // 32 in 200 ms are 160 a second
    expect(p.state(32).is).not.toBe('answering');
    now += 1_000;
    expect(p.state(32).is).toBe('answering');
  });

  it('outlives a pause of our own event loop', () => {
    const p = pace();
    answer(p, 2_000, 5);
    p.started();
    now += 1_000;
    expect(perSecond(p, 32)).toBeGreaterThan(5_000);
    p.ended(true);
    expect(perSecond(p, 32)).toBeGreaterThan(5_000);
  });

  it('falls while requests hang, before any of them has failed', () => {
    const p = pace();
    answer(p, 2_000, 5);
    for (let n = 0; n < 32; n++) p.started();
    now += 2_000;
    p.started();
    now += 2_000;
    expect(perSecond(p, 32)).toBeCloseTo(8);
    expect(p.state(32)).toMatchObject({ is: 'answering', usualPerSecond: expect.closeTo(5_000, -4) });
    expect(p.state(32).is).not.toBe('silent');
  });

  it('learns anew when an endpoint that hung, or only failed, answers again', () => {
    for (const answered of [null, false]) {
      const p = pace();
      answer(p, 2_000, 5);
      now += 1_000;
      expect(p.state(32).is).toBe('answering');
      for (let n = 0; n < 32; n++) p.started();
      now += 15_000;
      for (let n = 0; n < 31; n++) p.ended(answered);
      p.ended(true);
      expect(p.state(32).is).not.toBe('answering');
      answer(p, 200, 5);
      expect(perSecond(p, 32)).toBeCloseTo(6_400, -2);
    }
  });

  it('does not take an endpoint that is slow for one that has come back', () => {
    const p = pace();
    answer(p, 20, 2_000);
    expect(p.state(32).is).toBe('answering');
    expect(perSecond(p, 1)).toBeLessThan(0.6);
  });

  it('calls it nothing after the first failure of an unknown endpoint, or a whole flight of them, and not when nothing was sent', () => {
    const [unknown, known] = [pace(), pace()];
    unknown.started();
    unknown.ended(null);
    expect(unknown.state(8).is).not.toBe('silent');
    unknown.started();
    unknown.ended(false);
    expect(unknown.state(8).is).toBe('silent');
    answer(known, 1, 5);
    const failed = Array.from({ length: 8 }, () => {
      known.started();
      known.ended(false);
      return known.state(8).is === 'silent';
    });
    expect(failed.indexOf(true)).toBe(7);
    answer(known, 1, 5);
    expect(known.state(8).is).not.toBe('silent');
  });

  it('measures a silence from the first request in vain, and takes failures from before a pause for nothing', () => {
    const p = pace();
    answer(p, 20, 5);
    now += 60_000;
    expect(p.silenceMs).toBe(0);
    for (let n = 0; n < 8; n++) {
      p.started();
      now += 1_000;
      p.ended(n === 3 ? null : false);
    }
    expect([p.state(4).is, p.silenceMs, p.hasAnswered]).toEqual(['silent', 8_000, true]);
    now += 20_000;
    p.started();
    expect([p.state(4).is, p.silenceMs]).toEqual(['unknown', 28_000]);
    now += 5;
    p.ended(false);
    expect(p.state(4).is).toBe('silent');
  });

  it('is unknown until there is an answer, and then for a second', () => {
    const p = pace();
    expect([p.state(4), p.hasAnswered]).toEqual([{ is: 'unknown', forMs: 0, perSecond: null }, false]);
    p.started();
    now += 2_000;
    expect(p.state(1)).toEqual({ is: 'unknown', forMs: 2_000, perSecond: 1 / 2 });
    p.ended(true);
    expect([p.state(1).is, p.hasAnswered]).toEqual(['unknown', true]);
    now += 1_000;
    expect(p.state(1)).toMatchObject({ is: 'answering', forMs: 1_000 });
  });

  it('says nothing of the time for which an endpoint failed that then answers for the first time', () => {
    const p = pace();
    p.started();
    now += 10_000;
    p.ended(false);
    answer(p, 200, 5);
    expect(perSecond(p, 1)).toBeCloseTo(200, -1);
  });

  it('goes on through a failure, and through rests however long', () => {
    const p = pace();
    answer(p, 20, 5, 30_000);
    expect(p.state(1).is).toBe('answering');
    p.started();
    now += 900;
    p.ended(false);
    answer(p, 1, 5);
    expect(p.state(1).is).toBe('answering');
  });

  it('takes failures from ten seconds ago for something', () => {
    const p = pace();
    p.started();
    p.ended(false);
    now += 10_000;
    p.started();
    expect(p.state(1).is).toBe('silent');
  });
});
