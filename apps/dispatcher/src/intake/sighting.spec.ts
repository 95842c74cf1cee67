import { describe, expect, it } from '@jest/globals';
import type { Errand } from '@nuncio/contracts';
import fc from 'fast-check';
import { firstErrand } from './resolve.js';
import { hopOf, sightingOf, type Sighting } from './sighting.js';

const NOW = 1_790_000_000_000;
const event = { id: 'evt_1', publisher: '', ceId: '1', source: '/s', type: 't', time: null, tenants: [], contentType: null, payload: Buffer.from('{}'), attributes: {} };
const errand = (more: Partial<Errand>): Errand => ({ ...firstErrand(event, NOW, ['sub_1', 'sub_2']), ...more });

/** A record in a topic, of one attempt of one delivery, that its owner has not finished. */
interface Lying {
  readonly hop: number;
  readonly place: string;
}

/**
 * What the owner of a record does with it, if it is no repetition. `crash…`: the same, but the owner dies before the commit, and the record is read
 * again.
 */
const fates = ['run', 'carry on', 'park', 'crash, run', 'crash, carry on', 'crash, park', 'crash'] as const;
type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;
const move = fc.record({
  fate: fc.constantFrom(...fates),
  /** Which of the unfinished records is read next. */
  which: fc.nat(),
  /** How many ask at the same moment for a delivery that has ended without an attempt. */
  askers: fc.integer({ min: 1, max: 3 }),
  forget: fc.boolean(),
});

/**
 * Plays one attempt of one delivery, from its first record until no record is left. The first record is an event, whose steps are looked at only when it is read again
 * (`EventsController`), or an errand.
 */
function play(moves: readonly Move[], allowed: { crashes: boolean | ((fate: Move['fate']) => boolean); forgetting: boolean }, first: 'event' | 'errand' = 'errand') {
  let eventReadBefore = first === 'errand';
  let [places, standingSince, runs, parked] = [0, NOW, 0, false];
  let seen: Lying | null = null as Lying | null;
  const lying: Lying[] = [];
  const lay = (hop: number): void => void lying.push({ hop, place: `p${places++}` });
  lay(0);
  /** The log lets somebody ask again once a delivery has ended without an attempt. */
  const askAgain = (askers: number): void => {
    for (let n = 0; n < askers; n++) lay(standingSince);
  };
  const rest = Array.from({ length: 200 }, () => ({ fate: 'run' as const, which: 0, askers: 1, forget: false }));
  for (const { fate, which, askers, forget } of [...moves, ...rest]) {
    const record = lying[which % Math.max(1, lying.length)];
    if (!record) {
      if (!parked || runs > 0) break;
      parked = false;
      askAgain(askers);
      continue;
    }
    if (forget && allowed.forgetting) seen = null;
    const mayCrash = typeof allowed.crashes === 'boolean' ? allowed.crashes : allowed.crashes(fate);
    const [what, crashed] = fate.startsWith('crash') ? [fate.slice('crash, '.length), mayCrash] : [fate, false];
    if (!crashed) lying.splice(lying.indexOf(record), 1);
    const isEvent = first === 'event' && record.place === 'p0';
    const looksAtStep = !isEvent || eventReadBefore;
    const hop: number | null = looksAtStep ? hopOf(seen && { ...seen, seconds: 1 }, { ...record, hop: isEvent ? 1 : record.hop, seconds: 1 }) : 0;
    if (isEvent) eventReadBefore = true;
    if (hop === null) {
      if (crashed) lying.splice(lying.indexOf(record), 1); // a repetition is dropped the next time too
      continue;
    }
    if (looksAtStep) seen = { ...record, hop };
    if (what === 'run') [runs, parked] = [runs + 1, false];
    else if (what === 'carry on') lay(hop + 1);
    else if (what === 'park') {
      parked = true;
      standingSince = Math.max(standingSince + 1, hop + 1); // as Recorder.fact
    } else if (!crashed) lay(hop + 1);
  }
  return { runs, left: lying.length, parked };
}

describe('an attempt number', () => {
  it('runs once, however often it is carried on, parked and asked for by several at once', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        expect(play(moves, { crashes: false, forgetting: false })).toEqual({ runs: 1, left: 0, parked: false });
      }),
      { numRuns: 2_000 },
    );
  });

  it('is never lost, whatever crashes write twice and Redis forgets', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), fc.constantFrom('event' as const, 'errand' as const), (moves, first) => {
        const { runs, left } = play(moves, { crashes: true, forgetting: true }, first);
        expect(left).toBe(0);
        expect(runs).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('runs once, also if its owners write a hold or the next tier and die before they commit, again and again', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), fc.constantFrom('event' as const, 'errand' as const), (moves, first) => {
        const carriedOn = (fate: Move['fate']): boolean => fate === 'crash, carry on' || fate === 'crash';
        expect(play(moves, { crashes: carriedOn, forgetting: false }, first)).toEqual({ runs: 1, left: 0, parked: false });
      }),
      { numRuns: 5_000 },
    );
  });

  it('written twice by a crash runs once, also when the two go through different tiers', () => {
    // The retry in the long tier is read after the one in the short tier was carried on twice.
    const short = [0, 1, 2].map((hop) => ({ hop, place: `short-${hop}`, seconds: 1 }));
    const long = { hop: 0, place: 'long-0', seconds: 1 };
    expect(short.map((one, n) => hopOf(short[n - 1] ?? null, one))).toEqual([0, 1, 2]);
    for (const one of short) expect(hopOf(one, long)).toBeNull();
  });
});

describe('what is brought forward', () => {
  /** A record that waits through so many tiers, and the record that replaces it, requested once or twice meanwhile. */
  const plan = fc.record({ tiers: fc.nat(4), held: fc.nat(2), askedAfter: fc.array(fc.nat(12), { minLength: 1, maxLength: 3 }), which: fc.array(fc.nat(), { maxLength: 30 }) });

  it('runs once: what waited is dropped when it comes, and what comes after it has begun is dropped itself', () => {
    fc.assert(
      fc.property(plan, ({ tiers, held, askedAfter, which }) => {
        type Record = Pick<Sighting, 'place' | 'insteadOf'> & { readonly hop: number; readonly left: number; readonly holds: number };
        let places = 0;
        let runs = 0;
        let seen: Omit<Sighting, 'key'> | null = null;
        const lying: Record[] = [];
        const lay = (record: Omit<Record, 'place'>): void => void lying.push({ ...record, place: `p${places++}` });
        lay({ hop: 0, left: tiers, holds: held, insteadOf: null });
        const asked = [...askedAfter];
        for (let step = 0; lying.length || asked.length; step++) {
          if (asked.some((at) => at <= step) || !lying.length) {
            asked.splice(Math.max(0, asked.findIndex((at) => at <= step)), 1);
            // The log knows only of the first waiting record, and lets nobody ask once it has run.
            if (runs === 0) lay({ hop: NOW, left: 0, holds: held, insteadOf: 0 });
            continue;
          }
          const [record] = lying.splice((which[step] ?? 0) % lying.length, 1) as [Record];
          const now = { ...record, seconds: 1, waits: record.left > 0 };
          if (hopOf(seen, now) === null) continue;
          seen = now;
          if (record.left > 0) lay({ ...record, hop: record.hop + 1, left: record.left - 1 });
          else if (record.holds > 0) lay({ ...record, hop: record.hop + 1, holds: record.holds - 1, insteadOf: null });
          else runs += 1;
        }
        expect(runs).toBe(1);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is remembered until what it stands in for has come, however late', () => {
    const { seconds } = sightingOf(errand({ reason: 'retry', hop: NOW, insteadOf: { hop: 0, notBefore: NOW + 14 * 86_400_000 } }), 'sub_1', 'p', NOW);
    expect(seconds).toBe(15 * 86_400);
  });
});

describe('what is remembered', () => {
  it('is the delivery and the number, whatever brought them', () => {
    const keys = (['retry', 'resend', 'recover', 'replay'] as const).map((reason) => sightingOf(errand({ reason, number: 2 }), 'sub_1', 'p', NOW).key);
    expect(new Set(keys).size).toBe(1);
    expect(sightingOf(errand({ number: 3 }), 'sub_1', 'p', NOW).key).not.toBe(keys[0]);
    expect(sightingOf(errand({ number: 2 }), 'sub_2', 'p', NOW).key).not.toBe(keys[0]);
  });

  it('lasts ten minutes longer than the wait that follows, or an hour after somebody asked for it', () => {
    const seconds = (more: Partial<Errand>): number => sightingOf(errand(more), 'sub_1', 'p', NOW).seconds;
    expect(seconds({ reason: 'retry', notBefore: NOW })).toBe(600);
    expect(seconds({ reason: 'retry', notBefore: NOW + 40_000_000 })).toBe(21_600 + 600);
    expect(seconds({ reason: 'first', heldSince: NOW - 1, holds: 3 })).toBe(600);
    expect(seconds({ reason: 'recover', hop: NOW })).toBe(3_600);
    expect(seconds({ reason: 'recover', hop: NOW + 3, heldSince: NOW, holds: 3 })).toBe(600);
  });
});
