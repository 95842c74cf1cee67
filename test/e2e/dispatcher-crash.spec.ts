import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { always, Receiver } from '@nuncio/fixtures';
import type { DeliveryAnswer } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const EVENTS = 1_000;
const ON_THE_WIRE = 200;

describe('kill -9 of the dispatcher', () => {
  let fleet: Awaited<ReturnType<typeof ownFleet>>;
  let receiver: Receiver;
  beforeAll(async () => {
    fleet = await ownFleet('dispatcher-crash', { restart: false });
    receiver = await Receiver.start();
  });
  afterAll(async () => {
    await receiver.close();
    await fleet.close();
  });

  it('with 200 requests in flight loses nothing, and repeats at most those', async () => {
    const tenant = await Tenant.create(fleet);
    // Every fifth request hangs, so that finished records have unfinished ones before them in their partition. With the committed watermark
    // alone, nearly all would be repeated.
    await tenant.subscribe(receiver, { profile: 'standard', limits: { concurrency: ON_THE_WIRE + 50 }, timeoutMs: 30_000 });
    receiver.answer(({ body }) => ((JSON.parse(body.toString()) as { n: number }).n % (EVENTS / ON_THE_WIRE) === 0 ? 'hang' : {}));
    await tenant.publish(Array.from({ length: EVENTS }, (_, n) => ({ payload: `{"n":${n}}` })));
    await eventually(() => {
      expect(receiver.requests.length).toBe(EVENTS);
    });
    await eventually(async () => {
      expect(delivered(await tenant.deliveries())).toBe(EVENTS - ON_THE_WIRE);
    });

    await fleet.cluster.quiet('dispatcher', ['events']);
    await fleet.services.kill('dispatcher');
    const hanging = receiver.requests.filter(({ status }) => status === null).length;
    expect(hanging).toBe(ON_THE_WIRE);
    receiver.answer(always({}));
    await fleet.services.start('dispatcher');

    await eventually(() => {
      expect(new Set(receiver.requests.filter(({ status }) => status === 204).map(({ body }) => body.toString())).size).toBe(EVENTS);
    });
    await eventually(async () => {
      expect(delivered(await tenant.deliveries())).toBe(EVENTS);
    });
    expect(receiver.requests.length - EVENTS).toBeLessThanOrEqual(hanging);
  });
});

const delivered = (deliveries: readonly DeliveryAnswer[]): number => deliveries.filter(({ status }) => status === 'delivered').length;
