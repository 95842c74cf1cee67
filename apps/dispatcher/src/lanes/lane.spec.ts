import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Capacity } from './capacity.js';
import { Lane, type Entrant, type LaneLimits, type Place } from './lane.js';

const MIB = 1_048_576;

describe('a lane', () => {
  let order = 0;
  let permits: number;
  let nextInMs: number;
  let wake: () => void;
  beforeEach(() => {
    jest.useFakeTimers();
    permits = Infinity;
    nextInMs = 0;
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const lane = (limits: Partial<LaneLimits> = {}, capacity = new Capacity({ inFlight: 1_000, queued: { deliveries: 16_000, bytes: 8_000 * MIB } }, Date.now)): Lane => {
    const made = new Lane(
      { concurrency: 2, perSecond: null, timeoutMs: 10_000, ...limits },
      {
        now: Date.now,
        patience: Date.now,
        capacity,
        account: capacity.open('acme'),
        rate: (_, wakeUp) => {
          wake = wakeUp;
          return { take: () => permits-- > 0, get nextInMs() { return nextInMs; } };
        },
        concurrency: (demand) => ({ places: demand().total, admits: () => demand().inFlight < demand().total, ended: () => undefined }),
        returnsPerSecond: () => 300,
        share: () => 1,
      },
    );
    setInterval(() => void made.review(), 250);
    return made;
  };
  /** Seconds of the tier that one more would be held in. */
  const holdSeconds = (of: Lane, over: Partial<Parameters<Lane['hold']>[0]> = {}): number => of.hold({ order: (order += 1), heldForMs: 0, unable: false, ...over }).delayMs / 1_000;
  const entrant = (over: Partial<Entrant> = {}): Entrant => ({ bytes: 1, backSince: null, signal: new AbortController().signal, ...over });

  /** Enters `count` deliveries and records in which order they got a place. Each keeps its place until `next()`. */
  function crowd(of: Lane) {
    const order: string[] = [];
    const turnedAway: string[] = [];
    const inside: Place[] = [];
    const enter = (name: string, over: Partial<Entrant> = {}): void => {
      void Promise.resolve(of.enter(entrant(over))).then((place) => {
        if (!place) return turnedAway.push(name);
        place.begin();
        inside.push(place);
        return order.push(name);
      });
    };
    const next = async (answered = true): Promise<void> => {
      await settled();
      inside.shift()?.leave(answered);
      await settled();
    };
    return { order, turnedAway, enter, next };
  }
  const settled = async (): Promise<void> => {
    for (let n = 0; n < 5; n++) await Promise.resolve();
  };
  /** Makes the endpoint known: it answers after `ms`. */
  function known(of: Lane, ms: number, times = 20): void {
    for (let n = 0; n < times; n++) {
      const place = of.enter(entrant()) as Place;
      place.begin();
      jest.advanceTimersByTime(ms);
      place.leave(true);
    }
    jest.advanceTimersByTime(1_000);
  }
  function fill(of: Lane, count: number, over: Partial<Entrant> = {}): void {
    for (let n = 0; n < count; n++) {
      const entered = of.enter(entrant(over));
      if (!(entered instanceof Promise)) entered.begin();
    }
  }

  it('says what each waited for, and how long: first for a place, then for its rate', async () => {
    const l = lane({ concurrency: 1, perSecond: 1 });
    const first = l.enter(entrant()) as Place;
    expect(first.waited).toEqual({ place: 0, process: 0, rate: 0 });
    jest.advanceTimersByTime(100);
    const second = l.enter(entrant());
    const third = l.enter(entrant());
    jest.advanceTimersByTime(40);
    permits = 0;
    first.leave(true);
    jest.advanceTimersByTime(7);
    permits = 2;
    wake();
    const place = await second;
    expect(place?.waited).toEqual({ place: 40, process: 0, rate: 7 });
    jest.advanceTimersByTime(3);
    place?.leave(true);
    expect((await third)?.waited).toEqual({ place: 43, process: 0, rate: 7 });
  });

  it('starts as many as its limit, and the next as one leaves, in order', async () => {
    const l = lane();
    const { order, enter, next } = crowd(l);
    for (const name of ['a', 'b', 'c', 'd']) enter(name);
    await settled();
    expect([order, l.inFlight, l.queued]).toEqual([['a', 'b'], 2, 2]);
    await next();
    await next();
    expect([order, l.inFlight, l.queued]).toEqual([['a', 'b', 'c', 'd'], 2, 0]);
  });

  it('lets 1,000 wait, or 4 MiB, once the first second has told nothing', () => {
    for (const [bytes, waiting] of [
      [1, 1_000],
      [MIB, 4],
    ] as const) {
      const l = lane();
      fill(l, 5_000, { bytes });
      expect(l.queued).toBe(4_998);
      jest.advanceTimersByTime(3_500);
      expect(l.queued).toBe(waiting);
    }
  });

  it('lets wait what it answers at its pace within its timeout, and holds the rest as long as it is expected to wait', async () => {
    const l = lane({ timeoutMs: 2_000 }); // 2 places ÷ 20 ms = 100 a second
    known(l, 20, 7_500);
    const { enter, turnedAway } = crowd(l);
    for (let n = 0; n < 302; n++) enter(String(n));
    await settled();
    expect([l.queued, turnedAway.length]).toEqual([200, 100]);
    const seconds = Array.from({ length: 100_000 }, () => holdSeconds(l));
    expect([0, 250, 350, 2_700, 2_900, 11_000, 12_500, 59_000, 61_000, 99_999].map((n) => seconds[n])).toEqual([1, 1, 5, 5, 30, 30, 120, 120, 600, 600]);
  });

  it('holds no longer than the pace foretells: four times as long as it is known', () => {
    const l = lane({ timeoutMs: 2_000 });
    known(l, 20);
    for (let n = 0; n < 10_000; n++) holdSeconds(l);
    expect(holdSeconds(l)).toBe(5);
    jest.advanceTimersByTime(10_000);
    for (let n = 0; n < 10_000; n++) holdSeconds(l);
    expect(holdSeconds(l)).toBe(30);
  });

  it('lets what was held first start first: it does not wait for those behind it', () => {
    const l = lane({ timeoutMs: 2_000 });
    known(l, 20, 7_500);
    const oldest = order;
    for (let n = 0; n < 50_000; n++) holdSeconds(l);
    expect([holdSeconds(l, { order: oldest }), holdSeconds(l)]).toEqual([1, 120]);
    jest.advanceTimersByTime(121_000);
    expect(l.held.count).toBe(0);
  });

  it('holds what a slow rate lets nobody start within the timeout, until its turn', async () => {
    const l = lane({ perSecond: 0.01, timeoutMs: 5_000 });
    known(l, 20);
    [permits, nextInMs] = [0, 95_000];
    const { enter, turnedAway } = crowd(l);
    for (const name of ['a', 'b']) enter(name);
    await settled();
    expect([turnedAway, l.queued]).toEqual([['a', 'b'], 0]);
    expect([holdSeconds(l), holdSeconds(l), holdSeconds(l, { order: 0 })]).toEqual([30, 120, 30]);
    nextInMs = 5_000;
    for (const name of ['c', 'd']) enter(name);
    await settled();
    expect([turnedAway, l.queued]).toEqual([['a', 'b', 'd'], 1]);
  });

  it('lets nobody wait longer than its timeout, whatever it waits for', async () => {
    const l = lane({ timeoutMs: 2_000, concurrency: 1 });
    const { enter, turnedAway } = crowd(l);
    enter('in');
    for (const name of ['a', 'b']) enter(name);
    await jest.advanceTimersByTimeAsync(2_500);
    expect([turnedAway, l.queued]).toEqual([['a', 'b'], 0]);
  });

  it('holds for a quarter of the silence, which a new process learns from what it finds on hold', async () => {
    const l = lane({ concurrency: 1 });
    const { enter, next } = crowd(l);
    enter('first');
    await next(false);
    jest.advanceTimersByTime(3_000);
    const ago = (seconds: number) => ({ heldForMs: seconds * 1_000 });
    expect([holdSeconds(l), holdSeconds(l, ago(25)), holdSeconds(l, ago(1_000)), holdSeconds(l, ago(9_000))]).toEqual([1, 5, 120, 600]);
    jest.advanceTimersByTime(60_000);
    expect(holdSeconds(l)).toBe(5);
    enter('answered');
    await next();
    expect(holdSeconds(l, ago(9_000))).toBe(1);
    for (const name of ['a', 'b', 'c', 'd']) {
      enter(name);
      await next(false);
    }
    jest.advanceTimersByTime(25_000);
    expect([holdSeconds(l, ago(9_000)), holdSeconds(l, { ...ago(9_000), unable: true })]).toEqual([5, 600]);
  });

  it('has no more come back from holds on a silent endpoint than a twentieth of a dispatcher bears', async () => {
    const l = lane({ concurrency: 1 });
    const { enter, next } = crowd(l);
    enter('first');
    await next(false);
    jest.advanceTimersByTime(25_000);
    const seconds = Array.from({ length: 100_000 }, () => holdSeconds(l));
    expect([5, 30, 120, 600].map((each) => seconds.filter((one) => one === each).length)).toEqual([1_500, 9_000, 36_000, 53_500]);
  });

  it('lets a brisk endpoint have more than 4 MiB, until it is brisk no more', () => {
    const l = lane();
    known(l, 5);
    fill(l, 102, { bytes: MIB });
    expect(l.queued).toBe(100);
    jest.advanceTimersByTime(1_500);
    expect(l.queued).toBe(4);
  });

  it('lets no more wait than run when the endpoint answers nothing', async () => {
    const l = lane();
    const { enter, next, turnedAway } = crowd(l);
    enter('first');
    await next(false);
    for (const name of ['a', 'b', 'c', 'd', 'e']) enter(name);
    await settled();
    expect([l.queued, turnedAway]).toEqual([2, ['e']]);
  });

  it('lets what returns from a hold wait a second for an endpoint that answers nothing, since it may have come back', async () => {
    const l = lane();
    const { enter, next, turnedAway, order } = crowd(l);
    enter('first');
    await next(false);
    for (const name of ['a', 'b']) enter(name);
    for (const name of ['c', 'd', 'e', 'f']) enter(name, { backSince: 1 });
    await jest.advanceTimersByTimeAsync(900);
    expect([order, turnedAway, l.queued]).toEqual([['first', 'a', 'b'], [], 4]);
    await jest.advanceTimersByTimeAsync(500);
    expect([turnedAway, l.queued]).toEqual([['f', 'e'], 2]);
    for (const name of ['g', 'h', 'i']) enter(name, { backSince: 2 });
    await next();
    await jest.advanceTimersByTimeAsync(500);
    expect([turnedAway, order]).toEqual([['f', 'e'], ['first', 'a', 'b', 'c']]);
  });

  it('takes the second of what returned not away for what is fresh', async () => {
    const l = lane();
    const { enter, next, turnedAway } = crowd(l);
    enter('first');
    await next(false);
    for (const name of ['a', 'b', 'c', 'd']) enter(name);
    for (const name of ['e', 'f', 'g', 'h']) enter(name, { backSince: 1 });
    for (const name of ['i', 'j']) enter(name);
    await settled();
    expect([turnedAway, l.queued]).toEqual([['i', 'j'], 6]);
  });

  it('gives half of the places and of the queue to what returns from a hold, oldest first', async () => {
    const l = lane({ concurrency: 1, timeoutMs: 1_000 }); // 1 place ÷ 100 ms: 10 may wait
    known(l, 100);
    const { order, enter, next, turnedAway } = crowd(l);
    enter('in');
    for (let n = 0; n < 10; n++) enter(`new${n}`);
    for (const since of [9, 8, 7, 6, 5, 4, 3]) enter(`held${since}`, { backSince: since });
    await settled();
    expect(turnedAway).toEqual(['new9', 'new8', 'new7', 'new6', 'new5', 'held9', 'held8']);
    for (let n = 0; n < 11; n++) await next();
    expect(order).toEqual(['in', 'held3', 'new0', 'held4', 'new1', 'held5', 'new2', 'held6', 'new3', 'held7', 'new4']);
  });

  it('lets what is new wait behind one of a whole replay', async () => {
    const { order, enter, next } = crowd(lane({ concurrency: 1 }));
    enter('in');
    for (let n = 0; n < 20; n++) enter(`replayed${n}`, { backSince: 1 });
    enter('new');
    await next();
    await next();
    expect(order).toEqual(['in', 'replayed0', 'new']);
  });

  it('starts no more than its rate allows, and goes on when woken', async () => {
    const l = lane({ perSecond: 1 });
    permits = 1;
    const { order, enter } = crowd(l);
    for (const name of ['a', 'b', 'c']) enter(name);
    await settled();
    expect(order).toEqual(['a']);
    permits = 1;
    wake();
    await settled();
    expect(order).toEqual(['a', 'b']);
  });

  it('lets wait what its rate allows within its timeout, however fast the endpoint', () => {
    const l = lane({ perSecond: 3 });
    known(l, 5);
    [permits, nextInMs] = [0, 100];
    fill(l, 100);
    expect(l.queued).toBe(30);
  });

  it('does not blame the endpoint for a wait of our own', () => {
    const l = lane();
    known(l, 5);
    for (let n = 0; n < 102; n++) void l.enter(entrant({ bytes: MIB })); // none of them begins
    jest.advanceTimersByTime(5_000);
    expect(l.queued).toBe(100);
  });

  it('turns away what is wanted no more', async () => {
    const l = lane();
    const lost = new AbortController();
    const { enter, turnedAway } = crowd(l);
    for (const name of ['a', 'b', 'c', 'd']) enter(name, name === 'c' ? { signal: lost.signal } : {});
    lost.abort();
    await jest.advanceTimersByTimeAsync(300);
    expect([turnedAway, l.queued]).toEqual([['c'], 1]);
  });

  describe('of a callback that is paused', () => {
    const HOUR = 3_600_000;
    const kept = (of: Lane, over: Partial<Parameters<Lane['keep']>[0]> = {}): number => of.keep({ order: (order += 1), heldForMs: 0, until: HOUR, forMs: HOUR, ...over }) / 1_000;

    it('looks whether the pause is over after half a minute, and ever more seldom: at most every ten minutes', () => {
      const l = lane();
      expect([0, 100_000, 480_000, 2_400_000, 9 * HOUR].map((heldForMs) => kept(l, { heldForMs }))).toEqual([30, 30, 120, 600, 600]);
    });

    it('is no treadmill: of a hundred thousand no more come back in a second than are allowed', () => {
      const l = lane();
      const seconds = Array.from({ length: 100_000 }, () => kept(l));
      const returns = seconds.reduce((sum, each) => sum + 1 / each, 0);
      expect(returns).toBeLessThan(3 * 300);
      expect(seconds.filter((each) => each < 120)).toHaveLength(9_000);
    });

    it('has each come at its turn once the pause ends', () => {
      const l = lane();
      expect([1, 2, 3].map(() => kept(l, { forMs: 10_000, until: 10_000 }))).toEqual([10, 10.02, 10.04]);
    });

    it('has what comes back from a pause that ended sooner go in turn', () => {
      const l = lane();
      expect([1, 2, 3].map(() => kept(l, { forMs: 0 }))).toEqual([0, 0.02, 0.04]);
    });
  });
});
