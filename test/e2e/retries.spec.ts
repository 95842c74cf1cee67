import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { perDelivery, Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

describe('a retry', () => {
  const fleet = sharedFleet();
  let receiver: Receiver;
  beforeAll(async () => (receiver = await Receiver.start()));
  afterAll(() => Promise.all([receiver.close(), fleet.cluster.close()]));

  it('comes no earlier than its schedule and less than a second later, and is signed again', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'persona', retry: { delaysSeconds: [1, 3, 6], jitter: 0 } });
    receiver.answer(perDelivery({ status: 503 }, { status: 500 }, { status: 503 }, { status: 200 }));
    // Not at once: the machine may be busy when some are due, but not whenever one is.
    for (let n = 0; n < 25; n += 5) {
      await tenant.publish(Array.from({ length: 5 }, (_, i) => ({ payload: `{"n":${n + i}}` })));
      await pause(1_000);
    }
    await eventually(() => {
      expect(receiver.requests.filter(({ status }) => status === 200).length).toBe(25);
    });

    const deliveries = grouped(receiver.requests, ({ headers }) => headers['x-span-id']);
    for (const [i, delay] of [1_000, 3_000, 6_000].entries()) {
      // The schedule counts from the end of the failed attempt, some milliseconds after the answer was sent.
      const lateMs = deliveries.map((tries) => (tries[i + 1]?.at ?? NaN) - (tries[i]?.answeredAt ?? NaN) - delay);
      expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
      // The best of 25, since the machine may be busy.
      expect(Math.min(...lateMs)).toBeLessThanOrEqual(1_000);
    }
    for (const tries of deliveries) {
      expect(tries.map(({ headers }) => [headers['persona-webhook-attempts-made'], headers['persona-webhook-attempts-left']])).toEqual([
        ['1', '3'],
        ['2', '2'],
        ['3', '1'],
        ['4', '0'],
      ]);
      expect(new Set(tries.map(({ headers }) => headers['persona-signature'])).size).toBe(4);
      expect(new Set(tries.map(({ headers }) => headers['persona-webhook-first-attempted-at'])).size).toBe(1);
      expect(new Set(tries.map(({ body }) => body.toString())).size).toBe(1);
    }

    const attempts = await eventually(async () => {
      const all = await tenant.attempts();
      expect(all).toHaveLength(100);
      return all;
    });
    for (const tries of grouped(attempts, ({ delivery }) => delivery)) {
      expect(tries.toSorted((a, b) => a.number - b.number)).toMatchObject([
        { number: 1, reason: 'first', outcome: 'failed', error: { class: 'http' }, response: { status: 503 }, next: { step: 'later' } },
        { number: 2, reason: 'retry', outcome: 'failed', response: { status: 500 }, next: { step: 'later' } },
        { number: 3, reason: 'retry', outcome: 'failed', response: { status: 503 }, next: { step: 'later' } },
        { number: 4, reason: 'retry', outcome: 'delivered', error: null, response: { status: 200 }, next: { step: 'done' } },
      ]);
    }
  });
});

function grouped<T>(items: readonly T[], by: (item: T) => string | undefined): T[][] {
  return [...new Set(items.map(by))].map((key) => items.filter((item) => by(item) === key));
}
