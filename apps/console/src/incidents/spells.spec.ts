import { describe, expect, it } from '@jest/globals';
import { spellsOf } from './spells.js';

const HOUR_MS = 3_600_000;
const point = (key: string, hour: number, outcomes: Record<string, number>) => ({ key, at: new Date(Date.UTC(2026, 0, 1, hour)).toISOString(), attempts: Object.values(outcomes).reduce((sum, n) => sum + n, 0), outcomes });

describe('what was broken', () => {
  it('is one while steps follow each other, and another after a pause; the newest first', () => {
    const spells = spellsOf([point('a', 3, { timeout: 2 }), point('a', 1, { http: 5 }), point('b', 5, { dns: 1 }), point('a', 2, { http: 1, timeout: 4 }), point('a', 9, { connect: 7 })], HOUR_MS);
    expect(spells).toEqual([
      { callback: 'a', from: '2026-01-01T09:00:00.000Z', until: '2026-01-01T10:00:00.000Z', failed: 7, errorClass: 'connect' },
      { callback: 'b', from: '2026-01-01T05:00:00.000Z', until: '2026-01-01T06:00:00.000Z', failed: 1, errorClass: 'dns' },
      { callback: 'a', from: '2026-01-01T01:00:00.000Z', until: '2026-01-01T04:00:00.000Z', failed: 12, errorClass: 'http' },
    ]);
  });

  it('is nothing where nothing failed', () => {
    expect(spellsOf([{ ...point('a', 1, {}), key: null }, point('a', 1, {})], HOUR_MS)).toEqual([]);
  });
});
