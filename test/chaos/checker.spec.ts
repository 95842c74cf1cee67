import { describe, expect, it } from '@jest/globals';
import { check } from './checker.js';
import { emptyHistory, RECEIVERS_STOOD_STILL, type Arrived, type Attempted, type History } from './history.js';

const BODY = 'b'.repeat(64);
const arrived = (number: number, at: number, over: Partial<Arrived> = {}): Arrived => ({
  ...{ endpoint: 'shop', event: 'e1', delivery: 'dlv_1', number, body: BODY, at, status: 204, answeredAt: at + 10 },
  ...over,
});
const attempted = (number: number, startedAt: number, over: Partial<Attempted> = {}): Attempted => ({
  ...{ id: `att_${startedAt}`, endpoint: 'shop', event: 'e1', delivery: 'dlv_1', number, startedAt, endedAt: startedAt + 20, requests: 1 },
  ...{ outcome: 'delivered', status: 204, step: 'done', notBefore: null },
  ...over,
});
const failure = { outcome: 'failed', status: 500, step: 'later' } as const;

/** One event for one endpoint: fails at 1,000, succeeds at 2,500. `over` replaces parts of it. */
function history(over: Partial<History> = {}): History {
  const told: History = {
    ...emptyHistory(),
    endpoints: [{ name: 'shop', delaysMs: [1_000, 2_000], timeoutMs: 2_000, recovers: true }],
    published: [{ event: 'e1', to: ['shop'], body: BODY, acceptedAt: 900 }],
    arrived: [arrived(1, 1_000, { status: 500 }), arrived(2, 2_500)],
    attempted: [attempted(1, 995, { ...failure, notBefore: 2_015 }), attempted(2, 2_490)],
    ...over,
  };
  return { ...told, stored: over.stored ?? told.attempted.map(({ id }) => id) };
}

const rules = (over: Partial<History>): string[] => check(history(over)).map(({ rule }) => rule);
const crash = (from: number, to = from) => [{ what: 'kill -9', from, to }];

describe('the checker', () => {
  it('reports nothing for a delivery that fails once and is retried in time', () => {
    expect(rules({})).toEqual([]);
  });

  it('reports an accepted event that never arrived', () => {
    expect(rules({ arrived: [], attempted: [] })).toEqual(['lost']);
  });

  it('does not report an event that was never acknowledged', () => {
    expect(rules({ published: [{ event: 'e1', to: ['shop'], body: BODY, acceptedAt: null }], arrived: [], attempted: [] })).toEqual([]);
  });

  it('reports a delivery that failed and was forgotten', () => {
    expect(rules({ arrived: [arrived(1, 1_000, { status: 500 })], attempted: [attempted(1, 995, { ...failure, notBefore: 2_015 })] })).toEqual(['lost']);
  });

  describe('where an endpoint never answers success', () => {
    const endpoints = [{ name: 'shop', delaysMs: [1_000], timeoutMs: 2_000, recovers: false }];
    const refused = [arrived(1, 1_000, { status: 500 }), arrived(2, 2_500, { status: 500 })];
    const givenUp = [attempted(1, 995, { ...failure, notBefore: 2_015 }), attempted(2, 2_490, { ...failure, step: 'dead' })];
    const deadLetter = { delivery: 'dlv_1', body: BODY };

    it('accepts a dead letter after the whole schedule as the end', () => {
      expect(rules({ endpoints, arrived: refused, attempted: givenUp, deadLetters: [deadLetter] })).toEqual([]);
    });

    it('reports a missing dead letter', () => {
      expect(rules({ endpoints, arrived: refused, attempted: givenUp })).toEqual(['lost']);
    });

    it('reports that the delivery was given up before the end of its schedule', () => {
      const [first] = givenUp;
      expect(rules({ endpoints, arrived: refused.slice(0, 1), attempted: [{ ...first!, step: 'dead', notBefore: null }], deadLetters: [deadLetter] })).toEqual(['lost']);
    });

    it('reports other bytes in the dead letter', () => {
      expect(rules({ endpoints, arrived: refused, attempted: givenUp, deadLetters: [{ ...deadLetter, body: 'other' }] })).toEqual(['bytes']);
    });
  });

  it('reports that a delivery was given up although its receiver recovers', () => {
    const [first] = history().attempted;
    expect(rules({ arrived: [arrived(1, 1_000, { status: 500 })], attempted: [{ ...first!, step: 'dead', notBefore: null }] })).toEqual(['lost']);
  });

  it('reports a success that no receiver gave', () => {
    expect(rules({ arrived: [arrived(1, 1_000, { status: 500 }), arrived(2, 2_500, { status: 500 })] })).toEqual(['false success']);
  });

  it('reports a success that was recorded for another attempt than the receiver gave it to', () => {
    expect(rules({ attempted: [attempted(1, 995), attempted(2, 2_490, { ...failure, notBefore: 4_510 })] })).toEqual(['false success']);
  });

  it('reports a retry that arrives a millisecond before it is due', () => {
    expect(rules({ arrived: [arrived(1, 1_000, { status: 500 }), arrived(2, 2_009)] })).toEqual(['early']);
    expect(rules({ arrived: [arrived(1, 1_000, { status: 500 }), arrived(2, 2_010)] })).toEqual([]);
  });

  it('reports a retry that is planned too early, even if it came late', () => {
    expect(rules({ attempted: [attempted(1, 995, { ...failure, notBefore: 2_014 }), attempted(2, 2_490)] })).toEqual(['early']);
  });

  it('counts the wait for a retry from where Nuncio gave up, if the receiver was too slow to see the request before', () => {
    const timedOut = attempted(1, 995, { ...failure, status: null, endedAt: 1_400, notBefore: 2_400 });
    expect(rules({ arrived: [arrived(1, 2_000, { status: 500 }), arrived(2, 2_500)], attempted: [timedOut, attempted(2, 2_490)] })).toEqual([]);
  });

  it('counts the wait for a retry from the first of two attempts that a crash made of one', () => {
    const twice = [arrived(1, 1_000, { status: 500 }), arrived(1, 2_000, { status: 500 }), arrived(2, 2_500)];
    expect(rules({ arrived: twice, disturbances: crash(1_015, 1_900) })).toEqual([]);
  });

  it('does not measure by what receivers saw right after they stood still, but by what is recorded', () => {
    const still = [{ what: RECEIVERS_STOOD_STILL, from: 1_000, to: 2_400 }];
    const late = [arrived(1, 2_450, { status: 500 }), arrived(2, 2_500)];
    expect(rules({ arrived: late, attempted: [] })).toContain('early');
    expect(rules({ arrived: late, attempted: [], disturbances: still })).not.toContain('early');
    const endedAt = 2_100;
    expect(rules({ arrived: late, disturbances: still, attempted: [attempted(1, 995, { ...failure, endedAt, notBefore: endedAt + 1_000 }), attempted(2, 2_490)] })).toEqual(['early']);
  });

  it('reports a missing number', () => {
    const [first] = history().attempted;
    expect(rules({ arrived: [arrived(1, 1_000, { status: 500 }), arrived(3, 4_500)], attempted: [first!, attempted(3, 4_490)] })).toEqual(['gap']);
  });

  describe('of a number that comes twice', () => {
    const arrivals = (again: number): Arrived[] => [arrived(1, 1_000, { status: 500 }), arrived(2, 2_500), arrived(2, again)];
    const attempts = (again: number): Attempted[] => [...history().attempted, attempted(2, again - 10)];

    it('reports it if nothing had crashed', () => {
      expect(rules({ arrived: arrivals(9_000), attempted: attempts(9_000) })).toEqual(['repeated']);
    });

    it('accepts it across a crash that left the attempt unfinished', () => {
      expect(rules({ arrived: arrivals(9_000), attempted: attempts(9_000), disturbances: crash(2_505) })).toEqual([]);
    });

    it('reports it if the attempt had ended long before the crash', () => {
      expect(rules({ arrived: arrivals(9_000), attempted: attempts(9_000), disturbances: crash(5_000) })).toEqual(['repeated']);
    });

    it('reports it if the crash came only afterwards', () => {
      expect(rules({ arrived: arrivals(2_600), attempted: attempts(2_600), disturbances: crash(3_000) })).toEqual(['repeated']);
    });

    it('accepts a first attempt that shares its record with one still in flight', () => {
      const endpoints = ['shop', 'slow'].map((name) => ({ name, delaysMs: [1_000], timeoutMs: 30_000, recovers: true }));
      const published = [{ event: 'e1', to: ['shop', 'slow'], body: BODY, acceptedAt: 900 }];
      const slow = { endpoint: 'slow', delivery: 'dlv_2' };
      const told = {
        endpoints,
        published,
        arrived: [arrived(1, 1_000), arrived(1, 9_000), arrived(1, 1_000, { ...slow, status: null, answeredAt: null }), arrived(1, 9_000, slow)],
        attempted: [attempted(1, 995), attempted(1, 8_990), attempted(1, 8_991, slow)],
      };
      expect(rules({ ...told, disturbances: crash(5_000) })).toEqual([]);
      expect(rules({ ...told, disturbances: [] })).toEqual(['repeated', 'repeated', 'requests']);
    });
  });

  it('reports a request that is not on record, unless a crash cut it off', () => {
    const attempts = history()
      .attempted.slice(1)
      .map((attempt) => ({ ...attempt, number: 1 }));
    const arrivals = [arrived(1, 2_400, { status: null, answeredAt: null }), arrived(1, 2_600)];
    expect(rules({ arrived: arrivals, attempted: attempts })).toEqual(['repeated', 'requests']);
    expect(rules({ arrived: arrivals, attempted: attempts, disturbances: crash(2_450) })).toEqual([]);
  });

  it('reports a request on record that never arrived, unless it failed in a standstill', () => {
    const timedOut = attempted(1, 995, { ...failure, status: null, notBefore: 2_015 });
    const told = { arrived: [arrived(2, 2_500)], attempted: [timedOut, attempted(2, 2_490)] };
    expect(rules(told)).toEqual(['requests']);
    expect(rules({ ...told, disturbances: crash(990, 1_010) })).toEqual([]);
  });

  it('counts a record that Kafka has twice, since its acknowledgement was lost, as one attempt', () => {
    const { attempted: told, stored } = history();
    expect(rules({ attempted: [...told, ...told], stored })).toEqual([]);
  });

  it('reports one changed byte', () => {
    expect(rules({ arrived: [arrived(1, 1_000, { status: 500 }), arrived(2, 2_500, { body: 'other' })] })).toEqual(['bytes']);
  });

  it('reports an event that nobody published', () => {
    expect(rules({ published: [] })).toEqual(['bytes', 'bytes']);
  });

  it.each([
    ['an attempt that the API does not show', ['att_995']],
    ['an attempt that the API shows twice', ['att_995', 'att_2490', 'att_2490']],
    ['an attempt that only the API knows', ['att_995', 'att_2490', 'att_1']],
  ])('sees %s', (_, stored) => {
    expect(rules({ stored })).toEqual(['stored']);
  });
});
