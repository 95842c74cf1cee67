import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServices, startStack, type Services, type Stack } from '@nuncio/embedded';
import { Api, AuthorizationServer, Receiver } from '@nuncio/fixtures';
import { Redis } from 'ioredis';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { Client } from 'pg';
import { certificate } from '../fleet/certificate.js';
import { eventually } from '../fleet/eventually.js';
import { Intruder, type Service } from '../fleet/identities.js';

const client = { clientId: 'shop', clientSecret: 'a secret of a shop', authMethod: 'client_secret_basic' } as const;
/** Different from the prefix of the services' user names. */
const PREFIX = 'shop';
const SERVICES: readonly Service[] = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'];

/**
 * Servers that accept only TLS, know each service by a user of its own, and give it only the rights it needs. First the whole installation uses them,
 * then intruders.
 */
describe('an installation on secured servers', () => {
  const { key, cert } = certificate();
  let dir: string;
  let stack: Stack;
  let services: Services;
  const as = (service: Service): Intruder => new Intruder(stack, service, cert);

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nuncio-secured-'));
    stack = await startStack({ dir, tls: { key, cert }, env: { ...process.env, KAFKA_BROKERS: '', DATABASE_URL: '', REDIS_URL: '' } });
    services = await startServices({ dir, stack, topicPrefix: PREFIX });
  });
  afterAll(async () => {
    await services.stop();
    await stack.stop();
    await rm(dir, { recursive: true });
  });

  it('delivers with a token, retries, and keeps its log', async () => {
    const api = new Api(services.url, services.adminKey);
    const [server, receiver] = await Promise.all([AuthorizationServer.start({ clients: [client] }), Receiver.start((_, nth) => ({ status: nth === 3 ? 500 : 204 }))]);
    await api.post('/v1/tenants', { id: 'acme', name: 'acme' });
    await api.post('/v1/event-types', { name: 'order.created' });
    const credential = await api.post<{ id: string }>('/v1/credentials', { tenant: 'acme', name: 'shop', tokenUrl: server.tokenUrl, ...client });
    const settings = { authentication: { type: 'oauth2', credential: credential.id }, retry: { delaysSeconds: [1], jitter: 0 }, limits: { perSecond: 100 } };
    const callback = await api.post<{ id: string }>('/v1/callbacks', { tenant: 'acme', name: 'ledger', url: receiver.url, ...settings });
    const subscription = await api.post<{ state: string }>('/v1/subscriptions', { tenant: 'acme', callback: callback.id, eventTypes: ['order.created'], activate: true });
    expect(subscription.state).toBe('activated');
    // The dispatcher that sends the sample knows the subscription.
    expect(await api.post(`/v1/callbacks/${callback.id}/test`)).toMatchObject({ ok: true });
    const headers = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/shop', 'ce-type': 'order.created', 'ce-tenant': 'acme' };
    expect((await api.call('POST', '/v1/events', '{"n":1}', headers)).status).toBe(202);
    await eventually(async () => {
      expect((await api.all<{ outcome: string }>('/v1/attempts')).map(({ outcome }) => outcome)).toEqual(['delivered', 'failed']);
    });
    expect(server.requests).toMatchObject([{ client: 'shop', status: 200 }]);
    await Promise.all([server.down(), receiver.close()]);
  });

  it('is known to PostgreSQL and Redis by the names of its services, over TLS', async () => {
    const [database, redis] = [new Client(stack.databaseUrl), new Redis(stack.redisUrl, { tls: { ca: cert } })];
    await database.connect();
    const { rows } = await database.query<{ usename: string; ssl: boolean }>(`select distinct usename, ssl from pg_stat_activity join pg_stat_ssl using (pid) where application_name like 'nuncio %' order by 1`);
    expect(rows).toEqual([
      { usename: 'nuncio_attempt_log', ssl: true },
      { usename: 'nuncio_config_service', ssl: true },
    ]);
    const users = [...String(await redis.call('CLIENT', 'LIST')).matchAll(/ user=(nuncio_\w+)/g)].map(([, user]) => user);
    expect([...new Set(users)].sort()).toEqual(['nuncio_dispatcher', 'nuncio_token_service']);
    // No command of the services was refused.
    expect(await redis.call('ACL', 'LOG')).toEqual([]);
    await Promise.all([database.end(), redis.quit()]);
  });

  it('refuses clients that do not trust its certificate, or use no TLS', async () => {
    const untrusted = new Intruder({ ...stack, databaseUrl: stack.databaseUrl.replace(/&sslrootcert=.*/, '') }, 'attempt-log', '');
    expect(await untrusted.sql('select 1')).toContain('self-signed certificate');
    expect(await untrusted.kafka((kafka) => kafka.admin().connect())).toContain('self-signed certificate');
    const plain = new Redis(stack.redisUrl.replace('rediss:', 'redis:'), { lazyConnect: true, retryStrategy: null });
    plain.on('error', () => undefined);
    await expect(plain.connect()).rejects.toThrow();
  });

  const PERMISSION = /permission denied|must be owner|password authentication failed|no schema has been selected|only .* may/;
  const refusedBySql: Record<string, readonly string[]> = {
    'config-service': [
      'select * from log.attempts',
      'create table log.x ()',
      `update config.events set data = data`,
      'delete from config.events',
      'truncate config.events',
      'alter table config.events disable trigger all',
      'drop table config.aggregates',
      'create table config.x ()',
      'create table public.x ()',
      'insert into config.migrations (timestamp, name) values (1, $$x$$)',
      'create schema x',
      'create role x',
      'set role nuncio_attempt_log',
      `copy (select 1) to program 'true'`,
      `select pg_read_file('postgresql.conf')`,
      'select * from pg_authid',
    ],
    'attempt-log': [
      'select * from config.aggregates',
      'select * from config.events',
      'select * from config.idempotent_requests',
      'insert into config.relay values (0)',
      'create table config.x ()',
      'create table public.x ()',
      'drop table log.migrations',
      'create role x',
      'set role nuncio_config_service',
      `copy log.deliveries from program 'true'`,
    ],
    'token-service': ['select 1'],
    dispatcher: ['select 1'],
    gateway: ['select 1'],
  };
  it.each(Object.entries(refusedBySql))('gives the PostgreSQL role of %s no more rights than it needs', async (service, statements) => {
    for (const statement of statements) expect([statement, await as(service as Service).sql(statement)]).toEqual([statement, expect.stringMatching(PERMISSION)]);
  });

  const others = [['KEYS', '*'], ['SCAN', '0'], ['FLUSHALL'], ['CONFIG', 'GET', '*'], ['ACL', 'LIST'], ['MONITOR'], ['SUBSCRIBE', 'x'], ['SHUTDOWN'], ['GET', `${PREFIX}:other`], ['SET', 'x', 'y'], ['MGET', `${PREFIX}:token:a`, 'x'], ['DUMP', `${PREFIX}:token:a`], ['RENAME', `${PREFIX}:token:a`, `${PREFIX}:token:b`]];
  const refusedByRedis: Record<string, readonly (readonly string[])[]> = {
    dispatcher: [...others, ['SET', `${PREFIX}:token:a`, 'x'], ['DEL', `${PREFIX}:token:a`], ['DEL', `${PREFIX}:seen:a`], ['SET', `${PREFIX}:token-failure:a`, 'x'], ['EVAL', `return redis.call('SET', KEYS[1], 'x')`, '1', `${PREFIX}:token:a`], ['EVAL', `return redis.call('KEYS', '*')`, '0']],
    'token-service': [...others, ['GET', `${PREFIX}:seen:a`], ['SET', `${PREFIX}:rate:a`, 'x'], ['EVAL', `return redis.call('GET', '${PREFIX}:seen:a')`, '0']],
    'config-service': [['PING']],
    'attempt-log': [['PING']],
    gateway: [['PING']],
  };
  it.each(Object.entries(refusedByRedis))('gives the Redis user of %s no more rights than it needs', async (service, commands) => {
    for (const [command = '', ...args] of commands) expect([command, ...args, await as(service as Service).redis(command, ...args)]).toEqual([command, ...args, expect.stringMatching(/NOPERM|WRONGPASS|The user executing the script can't/)]);
  });

  it.each<Service>(['token-service', 'dispatcher', 'attempt-log'])('lets %s quarantine what it cannot read', async (service) => {
    expect(await as(service).write(`${PREFIX}.quarantine`)).toBe('');
  });

  const NOT_AUTHORIZED = /[Nn]ot authorized|Authorization|Failed to find group coordinator/;
  const forbidden: Record<Service, { readonly writes: readonly string[]; readonly reads: readonly string[]; readonly group: string }> = {
    'config-service': { writes: ['events', 'attempts', 'deliveries', 'token.events', 'signals'], reads: ['events', 'attempts', 'token.requests', 'dead-letters'], group: 'config-service.replies.x' },
    'token-service': { writes: ['events', 'config.state', 'token.requests', 'attempts', 'deliveries'], reads: ['events', 'attempts', 'deliveries', 'replies', 'config.log'], group: 'view.token-service.x' },
    dispatcher: { writes: ['events', 'config.state', 'config.log', 'token.events', 'samples'], reads: ['attempts', 'replies', 'config.log', 'dead-letters', 'quarantine'], group: 'view.dispatcher.x' },
    'attempt-log': { writes: ['config.state', 'config.log', 'token.requests', 'delay.1s'], reads: ['deliveries', 'replies', 'samples'], group: 'view.attempt-log.x' },
    gateway: { writes: ['attempts', 'config.state', 'deliveries', 'token.requests', 'replies'], reads: ['events', 'attempts', 'config.log', 'replies'], group: 'view.gateway.x' },
  };
  it.each(SERVICES)('gives the Kafka principal of %s no more rights than it needs', async (service) => {
    const { writes, reads, group } = forbidden[service];
    const intruder = as(service);
    for (const topic of writes) expect([`write ${topic}`, await intruder.write(`${PREFIX}.${topic}`)]).toEqual([`write ${topic}`, expect.stringMatching(NOT_AUTHORIZED)]);
    for (const topic of reads) expect([`read ${topic}`, await intruder.read(`${PREFIX}.${topic}`, `${PREFIX}.${group}`)]).toEqual([`read ${topic}`, expect.stringMatching(NOT_AUTHORIZED)]);
    const foreign = service === 'attempt-log' ? 'dispatcher' : 'attempt-log';
    expect(await intruder.read(`${PREFIX}.config.state`, `${PREFIX}.${foreign}`)).toMatch(NOT_AUTHORIZED);
    if (service !== 'config-service') expect(await intruder.write(`${PREFIX}.events`, `${PREFIX}.config-relay`)).toMatch(NOT_AUTHORIZED);
    const acl = { resourceType: AclResourceTypes.TOPIC, resourceName: `${PREFIX}.`, resourcePatternType: ResourcePatternTypes.PREFIXED, principal: 'User:x', host: '*', operation: AclOperationTypes.ALL, permissionType: AclPermissionTypes.ALLOW };
    const administration = await intruder.kafka(async (kafka) => {
      const admin = kafka.admin();
      await admin.connect();
      // eslint-disable-next-line no-restricted-syntax -- it is refused
      const tried = await Promise.allSettled([admin.createTopics({ topics: [{ topic: `${PREFIX}.x` }] }), admin.deleteTopics({ topics: [`${PREFIX}.events`] }), admin.createAcls({ acl: [acl] }), admin.deleteGroups([`${PREFIX}.${foreign}`])]);
      await admin.disconnect();
      expect(tried.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    });
    expect(administration).toBe('');
  });
});
