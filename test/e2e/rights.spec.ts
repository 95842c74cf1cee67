import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServices, startStack, type Services, type Stack } from '@nuncio/embedded';
import { Api } from '@nuncio/fixtures';
import { type AclEntry, AclOperationTypes, AclPermissionTypes, AclResourceTypes, type Admin, Kafka, logLevel, ResourcePatternTypes } from 'kafkajs';
import { certificate } from '../fleet/certificate.js';
import { eventually } from '../fleet/eventually.js';
import { Cluster } from '../fleet/kafka.js';
import { healthOf } from '../fleet/health.js';
import { Probe } from '../fleet/probe.js';

const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'] as const;
/** How long a single right is missing: longer than it takes to notice it, and than a fetch waits. */
const MISSING_MS = 8_000;
const FAULT = /[:.] this user lacks the right\. Run node libs\/kafka\/dist\/apply-access\.js$/i;

/** The services that say which right of a kind is missing, in `/health/ready`; the others notice it at their start or end, or write it in their log. */
const TELL: Readonly<Record<string, readonly string[]>> = {
  'READ TOPIC': SERVICES,
  'WRITE TOPIC': SERVICES,
  'READ GROUP': SERVICES,
  'WRITE TRANSACTIONAL_ID': ['config-service'],
};

const nameIn = (names: object, value: number): string => Object.entries(names).find(([, one]) => one === value)?.[0] ?? String(value);
const kindOf = ({ operation, resourceType }: AclEntry): string => `${nameIn(AclOperationTypes, operation)} ${nameIn(AclResourceTypes, resourceType)}`;
const textOf = (acl: AclEntry): string => `${acl.principal} ${kindOf(acl)} ${acl.resourceName}`;

describe('whole services on a cluster with access control', () => {
  const { key, cert } = certificate();
  const deaths: string[] = [];
  let dir: string;
  let stack: Stack;
  let services: Services;
  let admin: Admin;
  let probe: Probe;
  let rights: readonly AclEntry[];
  let pids: string;
  const pidsNow = (): string => JSON.stringify(Object.entries(services.services).map(([name, { pid }]) => [name, pid]));

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nuncio-rights-'));
    stack = await startStack({ dir, tls: { key, cert }, env: { ...process.env, KAFKA_BROKERS: '', DATABASE_URL: '', REDIS_URL: '' } });
    services = await startServices({ dir, stack, restart: false, onGivenUp: (error) => deaths.push(error.message) });
    const { KAFKA_SASL_USERNAME: username = '', KAFKA_SASL_PASSWORD: password = '' } = stack.settings ?? {};
    admin = new Kafka({ brokers: [stack.brokers], ssl: { ca: cert }, sasl: { mechanism: 'plain', username, password }, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    rights = await granted();
    probe = await Probe.of({ api: new Api(services.url, services.adminKey), cluster: new Cluster(stack.brokers, services.topicPrefix) });
    await probe.works();
    pids = pidsNow();
  });
  afterAll(async () => {
    await probe.close();
    await admin.disconnect();
    await services.stop();
    await stack.stop();
    await rm(dir, { recursive: true });
  });

  /** Every right that a user has. */
  async function granted(): Promise<AclEntry[]> {
    const any = { resourceType: AclResourceTypes.ANY, resourcePatternType: ResourcePatternTypes.ANY, operation: AclOperationTypes.ANY, permissionType: AclPermissionTypes.ALLOW };
    const { resources } = await admin.describeAcls(any);
    return resources.flatMap(({ acls, ...resource }) => acls.map((acl) => ({ ...resource, ...acl })));
  }

  /** A denial beats a permission. */
  const denialOf = (acl: AclEntry): AclEntry => ({ ...acl, permissionType: AclPermissionTypes.DENY });
  const take = (acls: readonly AclEntry[]): Promise<unknown> => admin.createAcls({ acl: acls.map(denialOf) });
  const giveBack = (acls: readonly AclEntry[]): Promise<unknown> => admin.deleteAcls({ filters: acls.map(denialOf) });

  async function goesOn(): Promise<void> {
    expect(deaths).toEqual([]);
    expect(pidsNow()).toBe(pids);
    for (const name of SERVICES) expect([name, (await healthOf(services, name)).live]).toEqual([name, 200]);
    // What PostgreSQL has, and what is in memory, is answered.
    const api = new Api(services.url, services.adminKey);
    for (const path of ['/v1/me', '/v1/callbacks', '/v1/deliveries', '/v1/event-types']) expect([path, (await api.call('GET', path)).status]).toEqual([path, 200]);
  }

  async function heals(): Promise<void> {
    await eventually(async () => {
      for (const name of SERVICES) {
        const { faults, metrics } = await healthOf(services, name);
        expect([name, faults, metrics?.match(/^nuncio_kafka_faults\{.*\} 1$/gm) ?? []]).toEqual([name, [], []]);
      }
    });
    await probe.works();
    expect(pidsNow()).toBe(pids);
  }

  it('were given rights of these kinds', () => {
    expect([...new Set(rights.map(kindOf))].toSorted()).toEqual(['DELETE GROUP', 'DESCRIBE GROUP', 'DESCRIBE TOPIC', 'DESCRIBE_CONFIGS TOPIC', 'READ GROUP', 'READ TOPIC', 'WRITE TOPIC', 'WRITE TRANSACTIONAL_ID']);
  });

  it.each([['READ TOPIC'], ['WRITE TOPIC'], ['READ GROUP'], ['WRITE TRANSACTIONAL_ID'], ['DELETE GROUP', 'DESCRIBE GROUP', 'DESCRIBE TOPIC', 'DESCRIBE_CONFIGS TOPIC']])('live on without every right to %s, say so, and heal when they have it again', async (...kinds) => {
    const [kind = ''] = kinds;
    const taken = rights.filter((acl) => kinds.includes(kindOf(acl)));
    await take(taken);
    try {
      if (kind === 'WRITE TRANSACTIONAL_ID') await new Api(services.url, services.adminKey).post('/v1/tenants', { id: 'unpublished', name: 'unpublished' });
      for (const name of TELL[kind] ?? [])
        await eventually(async () => {
          const { faults, metrics } = await healthOf(services, name);
          expect([name, faults.length > 0, faults.filter((fault) => !FAULT.test(fault))]).toEqual([name, true, []]);
          if (metrics !== null) expect(metrics).toMatch(kind === 'WRITE TRANSACTIONAL_ID' ? /^nuncio_relay_failing 1$/m : /^nuncio_kafka_faults\{.*\} 1$/m);
        });
      if (!TELL[kind]) await delay(MISSING_MS);
      await goesOn();
    } finally {
      await giveBack(taken);
    }
    await heals();
  });

  /** `npm run check:kafka`: each right by itself, one of each service at a time. */
  (process.env.EVERY_RIGHT ? it : it.skip)('live on without any single right, and heal', async () => {
    const byUser = [...Map.groupBy(rights, ({ principal }) => principal).values()];
    const faults: string[] = [];
    for (let n = 0; n < Math.max(...byUser.map(({ length }) => length)); n++) {
      const taken = byUser.flatMap((own) => own[n] ?? []);
      try {
        await take(taken);
        const event = await probe.publish().catch(() => null);
        await delay(MISSING_MS);
        await goesOn();
        await giveBack(taken);
        if (event) await probe.arrives(event);
        await heals();
      } catch (error) {
        faults.push(`without ${taken.map(textOf).join(', ')}: ${String(error)}`);
        await giveBack(taken);
        await eventually(() => heals());
      }
    }
    expect(faults).toEqual([]);
  }, 3_600_000);
});
