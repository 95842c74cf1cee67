import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver, type Received } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { comeAndGo, ON_WAKING_AT_MOST, standStill } from './fleet-changes.js';

/**
 * Longer than the 10 s after which a member is missed (architecture.md). `npm run chaos` takes a minute, and reports
 * figures.
 */
const STANDSTILL_MS = 13_000;
/** `npm run chaos` uses 500. */
const PER_SECOND = 200;
const LIMIT = 100;
const SPAN_MS = 10_000;

describe('while dispatchers come, go and stand still', () => {
  let fleet: Awaited<ReturnType<typeof ownFleet>>;
  beforeAll(async () => {
    fleet = await ownFleet('fleet-changes', { restart: false });
  });
  afterAll(async () => {
    await fleet.close();
  });

  it('a fleet that grows from one to three, restarts one after another and shrinks again loses nothing and sends nothing twice', async () => {
    const { lost, repeated, leftWithinMs } = await comeAndGo(fleet, fleet.services, PER_SECOND);
    expect({ lost, repeated }).toEqual({ lost: 0, repeated: 0 });
    expect(leftWithinMs).toBeLessThan(60_000);
  });

  it('a dispatcher that stood still for longer than its session sends nothing afterwards that another has taken over', async () => {
    const { lost, repeated, onWaking } = await standStill(fleet, fleet.services, STANDSTILL_MS);
    expect({ lost, repeated }).toEqual({ lost: 0, repeated: 0 });
    expect(onWaking).toBeLessThanOrEqual(ON_WAKING_AT_MOST);
  });

  it('two of them together keep the rate of a callback within 5 %, over ten seconds', async () => {
    const tenant = await Tenant.create(fleet);
    const receiver = await Receiver.start();
    await tenant.subscribe(receiver, { profile: 'standard', limits: { concurrency: 50, perSecond: LIMIT } });
    const second = await fleet.services.add('dispatcher');
    const sentBefore = await attempts('dispatcher');
    const events = (LIMIT * SPAN_MS) / 1_000 + 2 * LIMIT;
    await tenant.publish(Array.from({ length: events }, (_, n) => ({ payload: `{"n":${n}}` })));
    await eventually(() => {
      expect(receiver.requests.length).toBe(events);
    });
    // By the senders' clocks, since requests arrive in bunches on a slow machine.
    const times = await eventually(async () => {
      const all = await tenant.attempts();
      expect(all).toHaveLength(events);
      return all.map(({ startedAt }) => Date.parse(startedAt));
    });
    const busiest = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + SPAN_MS).length));
    expect(busiest).toBeLessThanOrEqual((1.05 * LIMIT * SPAN_MS) / 1_000);
    expect((await attempts('dispatcher')) - sentBefore).toBeGreaterThan(events / 10);
    expect(await attempts(second)).toBeGreaterThan(events / 10);
    await receiver.close();
    await fleet.services.kill(second, 'SIGTERM');
  });

  it('three of them together keep the concurrency of a callback, and each of them its share: it counted in each', async () => {
    const tenant = await Tenant.create(fleet);
    const cases = await Promise.all(
      [1, 4].map(async (concurrency) => {
        const receiver = await Receiver.start();
        await tenant.subscribe(receiver, { profile: 'standard', limits: { concurrency }, timeoutMs: 30_000 });
        // Where several are in flight, each is so long that a busy machine has all of them at a time.
        receiver.answer(() => ({ delayMs: concurrency === 1 ? 25 : 150 }));
        return { concurrency, receiver };
      }),
    );
    const added = [await fleet.services.add('dispatcher'), await fleet.services.add('dispatcher')];
    const all = ['dispatcher', ...added];
    const before = await Promise.all(all.map(attempts));
    const events = 150;
    await tenant.publish(Array.from({ length: events }, (_, n) => ({ payload: `{"n":${n}}` })));
    await eventually(() => {
      expect(cases.map(({ receiver }) => receiver.requests.filter(({ status }) => status !== null).length)).toEqual([events, events]);
    });
    for (const { concurrency, receiver } of cases) expect({ concurrency, atOnce: mostAtOnce(receiver.requests) }).toEqual({ concurrency, atOnce: concurrency });
    for (const [n, name] of all.entries()) expect((await attempts(name)) - (before[n] ?? 0)).toBeGreaterThan(events / 10);
    await Promise.all(cases.map(({ receiver }) => receiver.close()));
    for (const name of added) await fleet.services.kill(name, 'SIGTERM');
  });

  /** Attempts that one process has made so far. */
  async function attempts(service: string): Promise<number> {
    const metrics = await (await fetch(`http://127.0.0.1:${fleet.services.services[service]?.port}/metrics`)).text();
    return [...metrics.matchAll(/^nuncio_attempts_total\{.*\} (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  }
});

/** The most requests that were being answered at a time. */
function mostAtOnce(requests: readonly Received[]): number {
  const changes = requests.flatMap(({ at, answeredAt }) => [[at, 1] as const, [answeredAt ?? Infinity, -1] as const]).sort(([a, up], [b, down]) => a - b || up - down);
  let [now, most] = [0, 0];
  for (const [, change] of changes) most = Math.max(most, (now += change));
  return most;
}
