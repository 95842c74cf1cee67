import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, startServices, type Services, type ServicesOptions, type StackAddresses } from '@nuncio/embedded';
import { Api } from '@nuncio/fixtures';
import { heldTo } from './contract.js';
import { Cluster } from './kafka.js';

/** A running installation, seen from outside. Every answer of its API is checked against its OpenAPI document. */
export interface Fleet {
  readonly api: Api;
  readonly cluster: Cluster;
}

/** A fleet for one test. */
export interface OwnFleet extends Fleet {
  readonly services: Services;
  readonly stack: StackAddresses;
  /** The services' directory: keys and logs. */
  readonly dir: string;
  close(): Promise<void>;
}

interface Address {
  readonly url: string;
  readonly adminKey: string;
  readonly topicPrefix: string;
  readonly stack: StackAddresses;
}

/** The fleet that was started before the first test. Nothing in it may be killed. */
export function sharedFleet(): Fleet {
  const { url, adminKey, topicPrefix, stack } = address();
  return { api: new Api(url, adminKey, heldTo(url)), cluster: new Cluster(stack.brokers, topicPrefix) };
}

/** The servers that all fleets share. */
export const sharedStack = (): StackAddresses => address().stack;

/** A fleet of its own on the same servers, with its own topics, database and Redis keys, for tests that kill. `close()` ends it. */
export async function ownFleet(name: string, options: Partial<ServicesOptions> = {}): Promise<OwnFleet> {
  const { stack } = address();
  const unique = `${name}-${process.pid}-${Date.now().toString(36)}`;
  const dir = await mkdtemp(join(tmpdir(), `nuncio-${name}-`));
  const own = { ...stack, databaseUrl: await createDatabase(stack.databaseUrl, unique) };
  const services = await startServices({ dir, stack: own, topicPrefix: unique, ...options });
  const cluster = new Cluster(stack.brokers, unique);
  const close = async (): Promise<void> => {
    await cluster.close();
    await services.stop();
    await rm(dir, { recursive: true });
  };
  return { api: new Api(services.url, services.adminKey, heldTo(services.url)), cluster, services, stack: own, dir, close };
}

function address(): Address {
  const text = process.env.NUNCIO_FLEET;
  if (text === undefined) throw new Error('NUNCIO_FLEET is not set: run these tests with the jest configuration of this folder');
  return JSON.parse(text) as Address;
}
