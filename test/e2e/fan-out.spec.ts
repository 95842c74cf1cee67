import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { always, Receiver, type Received } from '@nuncio/fixtures';
import type { DeliveryAnswer } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const EVENTS = 20;
/** More than go straight from their event's record, and as many as do. */
const [WIDE, NARROW] = [12, 4];
// What finished less than this before the end may not have been committed yet.
const COMMIT_INTERVAL_MS = 250;
/** A member is missed after 10 s. */
const STANDSTILL_MS = 12_000;

describe('events for many subscriptions, one of which hangs', () => {
  let fleet: Awaited<ReturnType<typeof ownFleet>>;
  let receiver: Receiver;
  let tenant: Tenant;
  let subscriptions = 0;
  beforeAll(async () => {
    fleet = await ownFleet('fan-out', { restart: false });
  }, 120_000);
  beforeEach(async () => {
    receiver = await Receiver.start();
  });
  afterAll(async () => {
    await fleet.close();
  });

  /** Everything is delivered and on record but what is for the one that hangs, one at a time; answers when it was. */
  async function begin(count: number): Promise<void> {
    tenant = await Tenant.create(fleet);
    subscriptions = count;
    await Promise.all(
      Array.from({ length: count }, async (_, n) => {
        const hangs = n === 0;
        const settings = { timeoutMs: 30_000, limits: { concurrency: hangs ? 1 : 50 } };
        const url = `${receiver.url}/${hangs ? 'hangs' : n}`;
        const callback = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: `c${n}`, url, profile: 'standard', ...settings });
        const subscription = { tenant: tenant.id, callback: callback.id, eventTypes: [tenant.eventType], activate: true };
        expect(await fleet.api.post('/v1/subscriptions', subscription)).toMatchObject({ state: 'activated' });
      }),
    );
    await tenant.inForce();
    receiver.requests.length = 0;
    receiver.answer(({ path }) => (path.endsWith('hangs') ? 'hang' : {}));
    await tenant.publish(Array.from({ length: EVENTS }, (_, n) => ({ payload: `{"n":${n}}` })));
    await recorded(EVENTS * (count - 1));
  }

  const recorded = (count: number): Promise<void> =>
    eventually(async () => {
      expect(delivered(await tenant.deliveries())).toBe(count);
    }, 60_000);

  /** Until everything is delivered; what came again although it had been answered well. */
  async function repeated(): Promise<Received[]> {
    receiver.answer(always({}));
    await recorded(EVENTS * subscriptions);
    const answered = new Set<string>();
    return receiver.requests.filter((request) => {
      const again = answered.has(deliveryOf(request));
      if (request.status === 204) answered.add(deliveryOf(request));
      return again;
    });
  }

  it.each([WIDE, NARROW])('SIGTERM repeats nothing of what was recorded: with %i, all of them were sent again', async (count) => {
    await begin(count);
    await fleet.services.kill('dispatcher', 'SIGTERM');
    await fleet.services.start('dispatcher');
    expect(await repeated()).toEqual([]);
    await receiver.close();
  }, 120_000);

  it.each([WIDE, NARROW])('kill -9 repeats nothing of what was committed, of %i either', async (count) => {
    await begin(count);
    const justFinished = (): boolean => receiver.requests.some(({ answeredAt }) => answeredAt !== null && answeredAt > Date.now() - 4 * COMMIT_INTERVAL_MS);
    await eventually(() => {
      expect(justFinished()).toBe(false);
    });
    await fleet.services.kill('dispatcher', 'SIGKILL');
    await fleet.services.start('dispatcher');
    expect(await repeated()).toEqual([]);
    await receiver.close();
  }, 120_000);

  it('a standstill longer than a session leaves to the other dispatcher what was unfinished, and no more', async () => {
    const second = await fleet.services.add('dispatcher');
    await begin(WIDE);
    await delay(4 * COMMIT_INTERVAL_MS);
    const pid = fleet.services.services[second]?.pid ?? NaN;
    process.kill(pid, 'SIGSTOP');
    try {
      await delay(STANDSTILL_MS);
      expect(await repeated()).toEqual([]);
      process.kill(pid, 'SIGCONT');
      await eventually(async () => {
        const ready = await fetch(`http://127.0.0.1:${fleet.services.services[second]?.port}/health/ready`);
        expect(ready.status).toBe(200);
      });
      expect(await repeated()).toEqual([]);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await receiver.close();
  }, 120_000);
});

const deliveryOf = ({ headers }: Received): string => headers['x-span-id'] ?? '';
const delivered = (deliveries: readonly DeliveryAnswer[]): number => deliveries.filter(({ status }) => status === 'delivered').length;
