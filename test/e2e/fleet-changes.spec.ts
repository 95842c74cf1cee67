import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Receiver, type Received } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

/** A member is missed after 10 s (architecture.md). */
const SESSION_MS = 10_000;
const PER_TICK = 10;
const TICK_MS = 50;
/** What was sent before the stop may be read a little later on a busy machine. */
const ON_THE_WIRE_MS = 1_000;

interface Repeated {
  readonly attempt: string;
  readonly at: number | undefined;
  readonly laterMs: number;
}

describe('while dispatchers come, go and stand still', () => {
  let fleet: Awaited<ReturnType<typeof ownFleet>>;
  let receiver: Receiver;
  let tenant: Tenant;
  beforeAll(async () => {
    fleet = await ownFleet('fleet-changes', { restart: false });
    receiver = await Receiver.start();
  }, 120_000);
  afterAll(async () => {
    await receiver.close();
    await fleet.close();
  });
  beforeEach(async () => {
    tenant = await Tenant.create(fleet);
    // Two subscriptions an event, one slower than the other: a record is finished when both are. An attempt that this machine is too slow for comes again soon.
    const settings = { profile: 'persona', timeoutMs: 30_000, limits: { concurrency: 200 }, retry: { delaysSeconds: Array<number>(10).fill(1), jitter: 0 } };
    await tenant.subscribe(receiver, settings);
    await tenant.subscribe(receiver, settings);
    receiver.answer(({ headers }) => ({ delayMs: parseInt((headers['x-span-id'] ?? '').slice(-1), 16) % 2 ? 10 : 400 }));
  });

  const deliveryOf = ({ headers }: Received): string => headers['x-span-id'] ?? '';
  const attemptOf = (request: Received): string => `${deliveryOf(request)} ${request.headers['persona-webhook-attempts-made'] ?? ''}`;

  /** Waits until every event has arrived at both. Answers the attempts that came more than once. */
  async function repeated(events: number): Promise<Repeated[]> {
    await eventually(() => {
      expect(new Set(receiver.requests.map(deliveryOf)).size).toBe(2 * events);
    }, 90_000);
    // On record, too: nobody has anything to finish any more.
    await eventually(async () => {
      expect((await tenant.deliveries()).filter(({ status }) => status === 'delivered').length).toBe(2 * events);
    }, 60_000);
    return [...Map.groupBy(receiver.requests, attemptOf)]
      .filter(([, { length }]) => length > 1)
      .map(([attempt, [first, second]]) => ({ attempt, at: first?.at, laterMs: (second?.at ?? 0) - (first?.at ?? 0) }));
  }

  /** Publishes about 200 a second until told to stop; how many there were. */
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
    expect(await repeated(events)).toEqual([]);
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
    // What it had on the wire when it was stopped may have come twice, by its successor.
    const twice = (await repeated(events)).map(({ attempt }) => attempt);
    const before = receiver.requests.filter(({ at }) => at <= stoppedAt + ON_THE_WIRE_MS);
    expect(twice.filter((attempt) => !before.map(attemptOf).includes(attempt))).toEqual([]);
    const wokenAt = Date.now();
    process.kill(pid, 'SIGCONT');
    await delay(3_000);
    // A stop may fall between the last question and the write: what one turn of the event loop was sending, and never what waited.
    expect(receiver.requests.filter(({ at }) => at > wokenAt).length).toBeLessThanOrEqual(2 * PER_TICK);
  }, 180_000);
});
