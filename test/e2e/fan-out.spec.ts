import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { always, Receiver, type Received } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const EVENTS = 20;
/** Numbers of subscriptions: more than are served from the event's own record, and fewer. */
const WIDTHS = [12, 4];

describe('events for many subscriptions, one of which hangs', () => {
  let fleet: Awaited<ReturnType<typeof ownFleet>>;
  let receiver: Receiver;
  let tenants: { readonly tenant: Tenant; readonly width: number }[];
  let published = 0;
  beforeAll(async () => {
    fleet = await ownFleet('fan-out', { restart: false });
    receiver = await Receiver.start();
    tenants = await Promise.all(
      WIDTHS.map(async (width) => {
        const tenant = await Tenant.create(fleet);
        for (let n = 0; n < width; n++) await subscribe(tenant, n === 0);
        await tenant.inForce();
        return { tenant, width };
      }),
    );
  });
  afterAll(async () => {
    await receiver.close();
    await fleet.close();
  });

  async function subscribe(tenant: Tenant, hangs: boolean): Promise<void> {
    const url = `${receiver.url}/${hangs ? 'hangs' : 'answers'}`;
    const callback = await fleet.api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: Math.random().toString(36), url, timeoutMs: 30_000, limits: { concurrency: 50 } });
    await fleet.api.post('/v1/subscriptions', { tenant: tenant.id, callback: callback.id, eventTypes: [tenant.eventType], activate: true });
  }

  /** Waits until everything is delivered, recorded and committed, except for the endpoint that hangs. Returns the deliveries that were answered. */
  async function begin(): Promise<ReadonlySet<string>> {
    receiver.requests.length = 0;
    receiver.answer(({ path }) => (path.endsWith('hangs') ? 'hang' : {}));
    for (const { tenant } of tenants) await tenant.publish(Array.from({ length: EVENTS }, (_, n) => ({ payload: `{"n":${n}}` })));
    published += EVENTS;
    await delivered((width) => published * width - EVENTS);
    await fleet.cluster.quiet('dispatcher', ['events', 'deliveries']);
    return new Set(receiver.requests.filter(({ status }) => status === 204).map(deliveryOf));
  }

  const delivered = (expected: (width: number) => number): Promise<void> =>
    eventually(async () => {
      for (const { tenant, width } of tenants) expect((await tenant.deliveries()).filter(({ status }) => status === 'delivered')).toHaveLength(expected(width));
    });

  /** Deliveries that were sent again although they had succeeded, once everything is delivered. */
  async function repeated(): Promise<Received[]> {
    await delivered((width) => published * width);
    const answered = new Set<string>();
    return receiver.requests.filter((request) => {
      const again = answered.has(deliveryOf(request));
      if (request.status === 204) answered.add(deliveryOf(request));
      return again;
    });
  }

  it('SIGTERM repeats nothing that was answered: all of it was sent again', async () => {
    await begin();
    await fleet.services.kill('dispatcher', 'SIGTERM');
    receiver.answer(always({}));
    await fleet.services.start('dispatcher');
    expect(await repeated()).toEqual([]);
  });

  it('kill -9 repeats nothing that was answered and committed', async () => {
    const answered = await begin();
    await fleet.services.kill('dispatcher');
    receiver.answer(always({}));
    await fleet.services.start('dispatcher');
    expect((await repeated()).filter((request) => answered.has(deliveryOf(request)))).toEqual([]);
  });

  it('a standstill longer than a session leaves only unfinished deliveries to the other dispatcher', async () => {
    const second = await fleet.services.add('dispatcher');
    const answered = await begin();
    const pid = fleet.services.services[second]?.pid ?? NaN;
    process.kill(pid, 'SIGSTOP');
    receiver.answer(always({}));
    try {
      await eventually(async () => {
        expect(await fleet.cluster.members('dispatcher')).toBe(1);
      });
      await repeated();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const port = fleet.services.services[second]?.port;
    const shows = async () => (await fleet.api.get<{ instances: { service: string; instance: string }[] }>('/v1/fleet')).instances.some(({ service, instance }) => service === 'dispatcher' && instance.endsWith(`:${port}`));
    await eventually(async () => {
      expect(await shows()).toBe(true);
    });
    await fleet.services.kill(second, 'SIGTERM');
    // A dispatcher that stops in order leaves the group at once, without being missed.
    await eventually(async () => {
      expect(await shows()).toBe(false);
    });
    expect((await repeated()).filter((request) => answered.has(deliveryOf(request)))).toEqual([]);
  });
});

const deliveryOf = ({ headers }: Received): string => headers['x-span-id'] ?? '';
