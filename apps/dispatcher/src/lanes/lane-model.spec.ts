import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Capacity } from './capacity.js';
import { Lane, type Place } from './lane.js';

const TIMEOUT_MS = 2_000;
const REVIEW_MS = 250;
const ROOM = { deliveries: 60, bytes: 600 };
const NOBODY = { aborted: false };
const ABORTED = { aborted: true };

interface Setting {
  readonly inFlight: number;
  readonly concurrency: number;
  readonly perSecond: number | null;
}

const setting: fc.Arbitrary<Setting> = fc.record({
  inFlight: fc.integer({ min: 1, max: 12 }),
  concurrency: fc.integer({ min: 1, max: 5 }),
  perSecond: fc.option(fc.constantFrom(0.1, 1, 20)),
});

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('enter' as const), lane: fc.nat(2), count: fc.integer({ min: 1, max: 40 }), returned: fc.boolean(), aborted: fc.nat(9) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('leave' as const), count: fc.integer({ min: 1, max: 10 }), answered: fc.constantFrom(true, true, false, null) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3_000 }) }) },
);

/** Three lanes of two tenants in one process, whose clock and rates are the test's. */
class World {
  now = 1_000_000;
  readonly inFlight: { lane: number; place: Place }[] = [];
  readonly waiting = new Map<number, { since: number; lane: number }>();
  readonly starts: number[][] = [[], [], []];
  answers = 0;
  entered = 0;
  readonly lanes: Lane[];
  readonly accounts;

  constructor(readonly setting: Setting) {
    const capacity = new Capacity({ inFlight: setting.inFlight, queued: ROOM }, () => this.now);
    this.accounts = ['a', 'a', 'b'].map((tenant) => capacity.open(tenant));
    this.lanes = this.accounts.map(
      (account) =>
        new Lane(
          { concurrency: setting.concurrency, perSecond: setting.perSecond, timeoutMs: TIMEOUT_MS },
          {
            now: () => this.now,
            patience: () => this.now,
            capacity,
            account,
            rate: (perSecond) => this.#rate(perSecond),
            concurrency: (demand) => ({ places: demand().total, admits: () => demand().inFlight < demand().total, ended: () => undefined }),
            returnsPerSecond: () => 300,
            share: () => 1,
          },
        ),
    );
  }

  async enter(n: number, returned: boolean, aborted: boolean): Promise<void> {
    const id = this.entered++;
    this.waiting.set(id, { since: this.now, lane: n });
    const place = await this.lanes[n]?.enter({ bytes: 5, backSince: returned ? this.now - id : null, signal: aborted ? ABORTED : NOBODY });
    this.answers += 1;
    this.waiting.delete(id);
    if (!place) return;
    place.begin();
    this.starts[n]?.push(this.now);
    this.inFlight.push({ lane: n, place });
  }

  leave(answered: boolean | null): void {
    this.inFlight.shift()?.place.leave(answered);
  }

  async wait(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= REVIEW_MS) {
      this.now += Math.min(left, REVIEW_MS);
      for (const lane of this.lanes) while (lane.review());
      await settled();
    }
  }

  #rate(perSecond: number) {
    let dueAt = 0;
    const rate = {
      take: (): boolean => {
        if (dueAt > this.now) return false;
        dueAt = this.now + 1_000 / perSecond;
        return true;
      },
      get nextInMs(): number {
        return Math.max(0, dueAt - now());
      },
    };
    const now = (): number => this.now;
    return rate;
  }
}

async function settled(): Promise<void> {
  for (let n = 0; n < 5; n++) await Promise.resolve();
}

it('holds every limit, keeps nobody longer than the timeout, and answers everybody once, whatever comes and however it is answered', async () => {
  await fc.assert(
    fc.asyncProperty(setting, fc.array(step, { maxLength: 60 }), async (given, steps) => {
      const world = new World(given);
      for (const next of steps) {
        if (next.do === 'enter') for (let n = 0; n < next.count; n++) void world.enter(next.lane, next.returned, next.aborted === 0);
        else if (next.do === 'leave') for (let n = 0; n < next.count; n++) world.leave(next.answered);
        else await world.wait(next.ms);
        await settled();

        expect(world.inFlight.length).toBeLessThanOrEqual(given.inFlight);
        for (const [n, lane] of world.lanes.entries()) {
          expect(lane.inFlight).toBe(world.inFlight.filter((one) => one.lane === n).length);
          expect(lane.inFlight).toBeLessThanOrEqual(given.concurrency);
          expect(lane.queued).toBe([...world.waiting.values()].filter((one) => one.lane === n).length);
        }
        for (const { since } of world.waiting.values()) expect(world.now - since).toBeLessThanOrEqual(TIMEOUT_MS + REVIEW_MS);
        if (next.do === 'wait') for (const account of world.accounts) expect(account.queued).toBeLessThanOrEqual(2 * ROOM.deliveries);
        if (world.inFlight.length === 0 && given.perSecond === null) expect(world.waiting.size).toBe(0);
      }
      for (const starts of world.starts)
        if (given.perSecond !== null) for (const [i, at] of starts.entries()) if (i > 0) expect(at - (starts[i - 1] ?? 0)).toBeGreaterThanOrEqual(1_000 / given.perSecond);

      for (let round = 0; round < 1_000 && world.inFlight.length + world.waiting.size > 0; round++) {
        for (let left = world.inFlight.length; left > 0; left--) world.leave(true);
        await world.wait(REVIEW_MS);
      }
      expect([world.answers, world.accounts.map(({ inFlight, queued, bytes }) => inFlight + queued + bytes)]).toEqual([world.entered, [0, 0, 0]]);
    }),
    { numRuns: 100 },
  );
});
