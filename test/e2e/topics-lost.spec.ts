import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commandsOf, followRunbook } from '../disaster/runbook.js';
import { eventually } from '../fleet/eventually.js';
import { ownFleet, type OwnFleet } from '../fleet/fleet.js';
import { healthOf } from '../fleet/health.js';
import { Probe } from '../fleet/probe.js';
import { Tenant } from '../fleet/tenant.js';

const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'] as const;
const GONE = 'The topic config.state is gone';
/** A topic counts as missing after five seconds. */
const MISSING_MS = 8_000;

describe('running services', () => {
  const deaths: string[] = [];
  let fleet: OwnFleet;
  let probe: Probe;
  let topics: readonly string[];
  let pids: string;
  const pidsNow = (): string => JSON.stringify(Object.entries(fleet.services.services).map(([name, { pid }]) => [name, pid]));

  beforeAll(async () => {
    fleet = await ownFleet('topics-lost', { restart: false, onGivenUp: (error) => deaths.push(error.message) });
    probe = await Probe.of(fleet);
    await probe.works();
    topics = (await fleet.cluster.topics()).toSorted();
    pids = pidsNow();
  });
  afterAll(async () => {
    await probe.close();
    await fleet.close();
  });

  const faultsOf = async (name: string): Promise<readonly string[]> => (await healthOf(fleet.services, name)).faults;

  /** Without a restart, nothing is repeated, and nobody has died. */
  async function heals(): Promise<void> {
    await eventually(async () => {
      for (const name of SERVICES) expect([name, await faultsOf(name)]).toEqual([name, []]);
    });
    await probe.works();
    expect(deaths).toEqual([]);
    expect(pidsNow()).toBe(pids);
  }

  /** Deletes topics and makes them anew, empty, after a time. */
  async function lose(lost: readonly string[], missingMs: number, whileMissing = (): Promise<void> => Promise.resolve()): Promise<void> {
    for (const topic of lost) await fleet.cluster.lose(topic);
    await delay(missingMs);
    await whileMissing();
    await followRunbook(fleet, GONE, {}, commandsOf(GONE).slice(0, 1));
  }

  it('know their configuration when config.state was deleted, say that it is empty, follow it after a rebuild, and deliver all the time', async () => {
    const { api } = fleet;
    const { id: revoked, key } = await api.post<{ id: string; key: string }>('/v1/api-keys', { name: 'revoked meanwhile', role: 'viewer', tenant: (await Tenant.create(fleet)).id });
    await eventually(async () => {
      expect((await api.as(key).call('GET', '/v1/deliveries')).status).toBe(200);
    });
    await lose(['config.state'], MISSING_MS, async () => {
      for (const name of ['dispatcher', 'token-service', 'gateway', 'attempt-log'] as const) await eventually(async () => { expect([name, await faultsOf(name)]).toEqual([name, [expect.stringMatching(/config\.state cannot be read: it does not exist\. Run npm run migrate$/)]]); });
      await eventually(async () => {
        expect(await faultsOf('config-service')).toEqual([expect.stringMatching(/^changes are not published: .*The topic does not exist\. Run npm run migrate$/)]);
      });
    });
    // Nothing has changed, and yet it is said.
    await eventually(async () => {
      expect(await faultsOf('config-service')).toEqual([expect.stringMatching(/config\.state is empty although states up to position \d+ were published: it was lost, run npm run rebuild$/)]);
    });
    await api.delete(`/v1/api-keys/${revoked}`);
    await probe.arrives(await probe.publish());
    expect((await api.as(key).call('GET', '/v1/deliveries')).status).toBe(200);
    // Nobody may take one change for all of the configuration.
    expect(await fleet.cluster.read('config.state')).toEqual([]);

    await followRunbook(fleet, GONE);
    await eventually(async () => {
      expect((await api.as(key).call('GET', '/v1/deliveries')).status).toBe(401);
    });
    await heals();
    expect(await api.all('/v1/events', { unmatched: 'no-subscription' })).toEqual([]);
  });

  const own = (): string[] => topics.filter((topic) => topic !== 'config.state');

  it.each([
    ['longer than a topic counts as missing', MISSING_MS],
    ['a moment', 0],
  ])('go on with every other topic that was deleted and is there again, empty, after %s', async (_, missingMs) => {
    await lose(own(), missingMs, async () => {
      if (missingMs === 0) return;
      // A service that only writes notices it at its next record.
      await eventually(async () => {
        for (const name of SERVICES) expect([name, await faultsOf(name)]).not.toEqual([name, []]);
      });
    });
    await heals();
  });

  /** `npm run check:kafka`: each topic by itself. */
  (process.env.EVERY_TOPIC ? it : it.skip)('go on with any single topic that was deleted and is there again, empty', async () => {
    const faults: string[] = [];
    for (const topic of own())
      for (const missingMs of [0, MISSING_MS]) {
        try {
          await lose([topic], missingMs);
          await heals();
        } catch (error) {
          faults.push(`${topic}, ${missingMs} ms: ${String(error)}`);
          await eventually(() => heals()).catch(() => undefined);
        }
      }
    expect(faults).toEqual([]);
    expect(Math.max(...probe.deliveredTimes)).toBe(1);
  }, 3_600_000);
});
