import { afterAll, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

interface FleetAnswer {
  readonly at: string;
  readonly instances: readonly {
    readonly service: string;
    readonly instance: string;
    readonly version: string;
    readonly since: string;
    readonly seenAt: string;
    readonly ready: boolean;
    readonly faults: readonly string[];
    readonly gauges?: Readonly<Record<string, number>>;
  }[];
  readonly groups: readonly { readonly group: string; readonly topic: string; readonly partition: number; readonly lagRecords: number; readonly lagSeconds: number }[];
}

const SERVICES = ['attempt-log', 'config-service', 'dispatcher', 'gateway', 'token-service'];

const fleet = sharedFleet();
afterAll(() => fleet.cluster.close());

it('shows every process, whether it is ready, and the lag of the groups', async () => {
  await eventually(async () => {
    const { at, instances, groups } = await fleet.api.get<FleetAnswer>('/v1/fleet');
    expect([...new Set(instances.map(({ service }) => service))]).toEqual(SERVICES);
    for (const { service, instance, version, since, seenAt, ready, faults, gauges } of instances) {
      expect([service, instance, version]).toEqual([service, expect.stringMatching(/.:\d+$/), expect.stringMatching(/^\d+\.\d+\.\d+/)]);
      expect([service, ready, faults]).toEqual([service, true, []]);
      expect(Date.parse(since)).toBeLessThan(Date.parse(seenAt));
      expect(Date.parse(at) - Date.parse(seenAt)).toBeGreaterThanOrEqual(0);
      expect([service, Object.keys(gauges ?? {}).sort()]).toEqual([service, service === 'dispatcher' ? ['held', 'inFlight', 'oldestUnfinishedSeconds', 'queued', 'watermarkSpan'] : []]);
    }
    const topicsOf = (group: string): string[] => [...new Set(groups.filter((one) => one.group === group).map(({ topic }) => topic))].sort();
    expect([topicsOf('dispatcher'), topicsOf('token-service'), topicsOf('config-service'), topicsOf('attempt-log')]).toEqual([['deliveries', 'events'], ['token.requests'], ['operations', 'pulse', 'signals'], ['attempts', 'events', 'token.events']]);
    expect(topicsOf('delay')).toContain('delay.1h');
  });
});

it('shows how many requests to a callback are in flight, and how many may be', async () => {
  const receiver = await Receiver.start();
  const tenant = await Tenant.create(fleet);
  const { callback } = await tenant.subscribe(receiver, { profile: 'standard', limits: { concurrency: 2 }, timeoutMs: 30_000 });
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  receiver.answer(async () => {
    await released;
    return { status: 204 };
  });
  const health = () => fleet.api.get<Record<string, unknown>>(`/v1/callbacks/${callback}/health`);
  await tenant.publish(Array.from({ length: 3 }, (_, n) => ({ payload: `{"n":${n}}` })));
  await eventually(async () => {
    expect(await health()).toMatchObject({ inFlight: 2, limits: { concurrency: 2 } });
  });
  release();
  await eventually(async () => {
    expect(await health()).toMatchObject({ inFlight: 0, queued: 0 });
  });
  await receiver.close();
});

it('shows when an API key was last used, and that an unused one was never used', async () => {
  const { id } = await fleet.api.get<{ id: string }>('/v1/me');
  const unused = await fleet.api.post<{ id: string; lastUsedAt: null }>('/v1/api-keys', { name: 'unused', role: 'viewer', tenant: (await Tenant.create(fleet)).id });
  expect(unused.lastUsedAt).toBeNull();
  await eventually(async () => {
    const { lastUsedAt } = await fleet.api.get<{ lastUsedAt: string }>(`/v1/api-keys/${id}`);
    expect(Date.parse(lastUsedAt)).toBeGreaterThan(0);
  });
  expect(await fleet.api.get(`/v1/api-keys/${unused.id}`)).toMatchObject({ lastUsedAt: null });
});
