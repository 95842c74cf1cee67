import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

/** A member is missed after 10 s (architecture.md). */
const SESSION_MS = 10_000;
const PER_TICK = 20;
const TICK_MS = 50;

describe('while dispatchers come, go and stand still', () => {
  let fleet: Awaited<ReturnType<typeof ownFleet>>;
  let receiver: Receiver;
  let tenant: Tenant;
  beforeAll(async () => {
    fleet = await ownFleet('fleet-changes', { restart: false });
    receiver = await Receiver.start();
    tenant = await Tenant.create(fleet);
    // Two subscriptions an event, one slower than the other: a record is finished when both are.
    const settings = { profile: 'persona', limits: { concurrency: 200 } };
    await tenant.subscribe(receiver, settings);
    await tenant.subscribe(receiver, settings);
  }, 120_000);
  afterAll(async () => {
    await receiver.close();
    await fleet.close();
  });
  beforeEach(() => {
    receiver.requests.length = 0;
    receiver.answer(({ headers }) => ({ delayMs: (headers['x-span-id'] ?? '').charCodeAt(5) % 2 ? 10 : 400 }));
  });

  /** How often each delivery arrived, until every event has arrived at both. */
  async function arrivals(events: number): Promise<Map<string, number>> {
    const count = (): Map<string, number> => {
      const times = new Map<string, number>();
      for (const { headers } of receiver.requests) times.set(headers['x-span-id'] ?? '', (times.get(headers['x-span-id'] ?? '') ?? 0) + 1);
      return times;
    };
    await eventually(() => {
      expect(count().size).toBe(2 * events);
    }, 60_000);
    return count();
  }

  /** Publishes about 400 a second until told to stop; how many there were. */
  function publish(): { stop(): Promise<number> } {
    const until = new AbortController();
    const publishing = (async () => {
      let events = 0;
      for (; !until.signal.aborted; events += PER_TICK) {
        await tenant.publish(Array.from({ length: PER_TICK }, (_, n) => ({ payload: `{"n":${events + n}}` })));
        await delay(TICK_MS);
      }
      return events;
    })();
    return {
      stop: () => {
        until.abort();
        return publishing;
      },
    };
  }

  it('a fleet that grows from one to three and shrinks again loses nothing and sends nothing twice', async () => {
    const publishing = publish();
    const added = [await fleet.services.add('dispatcher'), await fleet.services.add('dispatcher')];
    await delay(500);
    for (const name of added) {
      const at = Date.now();
      await fleet.services.kill(name, 'SIGTERM');
      expect(Date.now() - at).toBeLessThan(15_000);
    }
    const events = await publishing.stop();
    expect([...(await arrivals(events)).values()].filter((times) => times > 1)).toEqual([]);
  }, 180_000);

  it('one that stood still for longer than its session sends nothing on waking that another has taken over', async () => {
    const second = await fleet.services.add('dispatcher');
    const { pid } = fleet.services.services[second] ?? {};
    if (!pid) throw new Error('the second dispatcher has no process');
    const publishing = publish();
    await delay(500);
    process.kill(pid, 'SIGSTOP');
    const stoppedAt = Date.now();
    await delay(SESSION_MS + 3_000);
    const events = await publishing.stop();
    const before = await arrivals(events);
    const wokenAt = Date.now();
    process.kill(pid, 'SIGCONT');
    await delay(3_000);
    // What it had on the wire when it was stopped may have come twice, by its successor; nothing comes after it woke.
    expect(receiver.requests.filter(({ at }) => at > wokenAt)).toEqual([]);
    const twice = [...before].filter(([, times]) => times > 1).map(([delivery]) => delivery);
    const onTheWire = receiver.requests.filter(({ headers, at }) => twice.includes(headers['x-span-id'] ?? '') && at <= stoppedAt + 1_000);
    expect(new Set(onTheWire.map(({ headers }) => headers['x-span-id'])).size).toBe(twice.length);

    // It is a member again: alone, it does all the work.
    await fleet.services.kill('dispatcher', 'SIGTERM');
    receiver.requests.length = 0;
    await tenant.publish([{ payload: '{"n":"last"}' }]);
    await arrivals(1);
  }, 180_000);
});
