import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, freePort, type OwnServers, ownServers, type Services, startKafka, startServices } from '@nuncio/embedded';
import { Api, Cable, Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedStack } from '../fleet/fleet.js';
import { healthOf } from '../fleet/health.js';
import { Cluster } from '../fleet/kafka.js';
import { Tenant } from '../fleet/tenant.js';

const EVERY_MS = 100;
/** Longer than a member of a group may be silent. */
const LONG_MS = 13_000;
/** The chaos run holds the figure of 3 s, on a machine of its own. */
const HEALED_WITHIN_MS = 10_000;
/** What finished between the last commit that the coordinator took and the first heartbeat that it did not answer, which ends reading: some 1.5 s of 10 a second. A session would be 100. */
const MAY_COME_AGAIN = 30;
const NOT_JOINED = 'dispatcher: the consumer groups are not joined';
const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'] as const;

interface Trouble {
  /** Resolves when it is over; the cable is mended then. */
  readonly happen: (cable: Cable) => Promise<void>;
  /** How many deliveries may be made twice. */
  readonly again: number;
}

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'answers byte by byte': { happen: async (cable) => { cable.slowAnswers(3_000); await pause(LONG_MS); }, again: 0 },
  'resets connections in the middle of its answers': { happen: (cable) => times(12, async () => { cable.resetAnswers(3); await pause(500); }), again: 0 },
  'refuses connections for a moment, again and again': { happen: (cable) => times(5, async () => { await cable.cut(); await pause(500); await cable.mend(); await pause(1_000); }), again: 0 },
  'swallows everything for less than a session': { happen: async (cable) => { cable.silence(); await pause(5_000); }, again: 0 },
  'swallows everything for longer than a session': { happen: async (cable) => { cable.silence(); await pause(LONG_MS); }, again: MAY_COME_AGAIN },
};

describe.each([
  [1, Object.keys(TROUBLES)],
  [3, ['resets connections in the middle of its answers', 'swallows everything for longer than a session']],
] as const)('on %i brokers, of which one', (count, troubles) => {
  const deaths: string[] = [];
  let servers: OwnServers;
  let services: Services;
  let api: Api;
  let dir: string;
  let cables: Cable[];
  let tenant: Tenant;
  let receiver: Receiver;
  let published = 0;

  beforeAll(async () => {
    servers = await ownServers(`rough-${count}`);
    const near = await freePort();
    const nodes = await startKafka({ ...servers, ...(count === 1 && { kafkaProperties: `advertised.listeners=CLIENT://127.0.0.1:${near}\n` }) }, count);
    cables = await Promise.all(nodes.map(({ address, relayed }) => Cable.to(`kafka://${relayed ? `127.0.0.1:${relayed.to}` : address}`, relayed?.from ?? near)));
    dir = await mkdtemp(join(tmpdir(), 'nuncio-rough-'));
    const { databaseUrl, redisUrl } = sharedStack();
    const topicPrefix = `rough-${count}-${process.pid}`;
    const brokers = cables.map(({ url }) => url.host).join(',');
    const settings: Record<string, string> = count < 3 ? {} : { TOPIC_REPLICATION: '3', TOPIC_MIN_INSYNC: '2' };
    const stack = { brokers, databaseUrl: await createDatabase(databaseUrl, topicPrefix), redisUrl, settings };
    services = await startServices({ dir, stack, topicPrefix, restart: false, onGivenUp: (error) => deaths.push(error.message) });
    api = new Api(services.url, services.adminKey);
    tenant = await Tenant.create({ api, cluster: new Cluster(brokers, topicPrefix) });
    receiver = await Receiver.start();
    await tenant.subscribe(receiver, { retry: { delaysSeconds: [1, 2, 4], jitter: 0 } });
    const failed = new Set<string>();
    receiver.answer(({ body }) => {
      const event = body.toString();
      const fails = event.endsWith('0}') && !failed.has(event);
      if (fails) failed.add(event);
      return { status: fails ? 503 : 204 };
    });
  });
  afterAll(async () => {
    await Promise.all([receiver.close(), services.stop()]);
    await Promise.all(cables.map((cable) => cable.cut()));
    await servers.stop();
    await rm(dir, { recursive: true });
  });

  /** How often each event was delivered. Each tenth fails first. */
  const delivered = (): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { body, status } of receiver.requests) if (status === 204) counts.set(body.toString(), (counts.get(body.toString()) ?? 0) + 1);
    return counts;
  };
  /** The payload of a new event; null = it was not accepted. */
  const publish = async (): Promise<string | null> => {
    const payload = `{"n":${++published}}`;
    const headers = { 'ce-id': randomUUID(), 'ce-source': '/rough', 'ce-type': tenant.eventType, 'ce-tenant': tenant.id };
    const { status } = await api.call('POST', '/v1/events', payload, headers);
    return status === 202 ? payload : null;
  };
  const faults = async (): Promise<string[]> => {
    const all = await Promise.all(SERVICES.map(async (name) => (await healthOf(services, name)).faults.map((fault) => `${name}: ${fault}`)));
    return all.flat();
  };

  it.each(troubles)('%s, nothing is lost, no service dies, and all is well at once when it is over', async (what) => {
    const { happen, again } = TROUBLES[what]!;
    const cable = cables.at(-1)!;
    const sent: Promise<string | null>[] = [];
    const load = setInterval(() => sent.push(publish()), EVERY_MS);
    const told = new Set<string>();
    const watch = setInterval(() => void faults().then((all) => { for (const fault of all) told.add(fault); }), 500);
    await pause(1_000);
    await happen(cable);
    await cable.mend();
    const mendedAt = performance.now();
    clearInterval(load);
    const fresh = await eventually(async () => {
      const payload = await publish();
      expect(payload).not.toBeNull();
      return payload ?? '';
    });
    await eventually(() => { expect(delivered().has(fresh) || fresh.endsWith('0}')).toBe(true); });
    const healedMs = performance.now() - mendedAt;
    clearInterval(watch);
    const accepted = (await Promise.all(sent)).filter((payload) => payload !== null);
    await eventually(() => { expect(accepted.filter((payload) => !delivered().has(payload))).toEqual([]); });
    await eventually(async () => { expect(await faults()).toEqual([]); });
    await eventually(async () => { expect((await tenant.deliveries()).filter(({ status }) => status !== 'delivered')).toEqual([]); });
    expect(deaths).toEqual([]);
    expect(accepted.length).toBeGreaterThan(sent.length / 2);
    expect(accepted.filter((payload) => (delivered().get(payload) ?? 0) > 1).length).toBeLessThanOrEqual(again);
    expect(healedMs).toBeLessThan(HEALED_WITHIN_MS);
    if (count === 1) expect(told.has(NOT_JOINED)).toBe(what === 'swallows everything for longer than a session');
  });
});

async function times(count: number, work: () => Promise<void>): Promise<void> {
  for (let n = 0; n < count; n++) await work();
}
