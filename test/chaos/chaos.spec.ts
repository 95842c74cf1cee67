import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServices, startStack, type Services, type Stack } from '@nuncio/embedded';
import { Api } from '@nuncio/fixtures';
import { Cluster } from '../fleet/kafka.js';
import { Brokers } from './brokers.js';
import { away, outage } from './outages.js';
import { run } from './run.js';
import { Servers } from './servers.js';
import type { Stage } from './stage.js';

const SEEDS = [1, 2];
const SECONDS = 6;
/** A consumer that gives up has done so by then, and comes back as another member. */
const OUTAGE_MS = 12_000;
/** A coordinator misses a member after 10 s. 3 s on a machine of its own (npm run chaos). */
const RECOVERED_WITHIN_MS = 9_000;

/** The short form of `npm run chaos`, on servers of its own, since these it may break. */
describe('an installation in which things break', () => {
  let dir: string;
  let stack: Stack;
  let services: Services;
  let stage: Stage & { readonly servers: Servers };
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nuncio-chaos-spec-'));
    stack = await startStack({ dir, env: {} });
    services = await startServices({ dir, stack, topicPrefix: 'chaos', restart: false });
    const fleet = { api: new Api(services.url, services.adminKey), cluster: new Cluster(stack.brokers, services.topicPrefix) };
    stage = { fleet, services, servers: new Servers(dir, stack, await Brokers.of(stack)) };
  }, 180_000);
  afterAll(async () => {
    await stage.fleet.cluster.close().catch(() => undefined);
    await services.stop();
    stage.servers.stop();
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  }, 60_000);

  it('delivers what was accepted while every server was away, soon after they are back', async () => {
    const { accepted, lost, firstDeliveryMs } = await outage(stage, away('Kafka', 'Redis', 'PostgreSQL'), OUTAGE_MS);
    expect(accepted).toBeGreaterThan(0);
    expect(lost).toBe(0);
    expect(firstDeliveryMs).toBeLessThan(RECOVERED_WITHIN_MS);
  }, 180_000);

  it.each(SEEDS)(
    'keeps every promise while services and receivers fail: seed %i',
    async (seed) => {
      const { violations, history } = await run({ ...stage, servers: null }, seed, SECONDS);
      expect(history.disturbances.length).toBeGreaterThan(0);
      expect(violations).toEqual([]);
    },
    180_000,
  );
});
