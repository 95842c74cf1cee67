import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createDatabase, freePort, type OwnServers, ownServers, type Services, startKafka, startServices } from '@nuncio/embedded';
import { Api, Cable, Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedStack } from '../fleet/fleet.js';
import { Cluster } from '../fleet/kafka.js';
import { Tenant } from '../fleet/tenant.js';

const AWAY_MS = 150;
/** PostgreSQL goes away before one of the messages that services send while they start, and each time later than before by so many. A fixed distance could be too short for a transaction of theirs, for ever. */
const MESSAGES_MORE = 20;
/** Where a Kafka request has its API key and the client's id, which follows its length. */
const API_KEY_AT = 4;
const CLIENT_ID_AT = 12;
const API_VERSIONS = 18;
/** What every service asks until it is ready: Fetch, ListOffsets, Metadata, FindCoordinator, JoinGroup, SyncGroup, ApiVersions. */
const ASKED_BY_ALL = [1, 2, 3, 10, 11, 14, API_VERSIONS];
const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'];

let servers: OwnServers;
let kafka: Cable;
let postgres: Cable;
let dir: string;
let receiver: Receiver;
let services: Services | undefined;

beforeAll(async () => {
  servers = await ownServers('unlucky');
  const near = await freePort();
  const [node] = await startKafka({ ...servers, kafkaProperties: `advertised.listeners=CLIENT://127.0.0.1:${near}\n` });
  kafka = await Cable.to(`kafka://${node!.address}`, near);
  postgres = await Cable.to(sharedStack().databaseUrl);
  dir = await mkdtemp(join(tmpdir(), 'nuncio-unlucky-'));
  receiver = await Receiver.start();
});
afterAll(async () => {
  await Promise.all([receiver.close(), services?.stop()]);
  await Promise.all([kafka.cut(), postgres.cut()]);
  await servers.stop();
  await rm(dir, { recursive: true });
});

it('a fleet starts, delivers and stops although Kafka goes away at the first request of each kind of each process, and PostgreSQL again and again: a service ended when that was in an unlucky moment', async () => {
  const met = new Set<string>();
  kafka.cutBefore((bytes) => {
    const request = requestIn(bytes);
    if (request === null || met.has(request)) return false;
    met.add(request);
    return true;
  }, AWAY_MS);
  let [messages, outages] = [0, 0];
  let areUp = false;
  // When a service first asks Kafka, the migrations are over.
  const areStarting = (): boolean => !areUp && SERVICES.some((service) => met.has(`${service} ${API_VERSIONS}`));
  postgres.cutBefore(() => {
    const isOutage = areStarting() && ++messages > (outages + 1) * MESSAGES_MORE;
    if (isOutage) [messages, outages] = [0, outages + 1];
    return isOutage;
  }, AWAY_MS);
  const deaths: string[] = [];
  const { databaseUrl, redisUrl } = sharedStack();
  const topicPrefix = `unlucky-${process.pid}`;
  const { port } = postgres.url;
  const stack = { brokers: kafka.url.host, databaseUrl: Object.assign(new URL(await createDatabase(databaseUrl, topicPrefix)), { port }).href, redisUrl, settings: {} };
  services = await startServices({ dir, stack, topicPrefix, restart: false, onGivenUp: (error) => deaths.push(error.message) });
  areUp = true;
  await pause(2 * AWAY_MS);

  const api = new Api(services.url, services.adminKey);
  const cluster = new Cluster(stack.brokers, topicPrefix);
  const tenant = await Tenant.create({ api, cluster });
  await tenant.subscribe(receiver, {});
  const headers = { 'ce-id': '1', 'ce-source': '/unlucky', 'ce-type': tenant.eventType, 'ce-tenant': tenant.id };
  const { status } = await api.call('POST', '/v1/events', '{}', headers);
  await eventually(async () => { expect((await tenant.deliveries()).map((delivery) => delivery.status)).toEqual(['delivered']); });
  await cluster.close();
  await services.stop();

  expect([deaths, status, receiver.requests.length]).toEqual([[], 202, 1]);
  const unmet = SERVICES.flatMap((service) => ASKED_BY_ALL.map((key) => `${service} ${key}`)).filter((request) => !met.has(request));
  expect(unmet).toEqual([]);
  expect(outages).toBeGreaterThan(3);
});

/** The client's id and the API key of the request that begins here; null = none does. */
function requestIn(bytes: Buffer): string | null {
  if (bytes.length < CLIENT_ID_AT + 2) return null;
  const from = CLIENT_ID_AT + 2;
  return `${bytes.toString('utf8', from, from + bytes.readInt16BE(CLIENT_ID_AT))} ${bytes.readInt16BE(API_KEY_AT)}`;
}
