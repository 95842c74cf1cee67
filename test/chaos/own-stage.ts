import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServices, startStack, type ServicesOptions, type Stack, type StackOptions } from '@nuncio/embedded';
import { Api } from '@nuncio/fixtures';
import { Cluster } from '../fleet/kafka.js';
import { Brokers } from './brokers.js';
import { Servers } from './servers.js';
import type { Stage } from './stage.js';

export interface OwnStage extends Stage {
  readonly servers: Servers;
  readonly stack: Stack;
  /** Has keys, passwords, data and logs. */
  readonly dir: string;
  /** Stops what was started, and deletes its data. */
  close(): Promise<void>;
}

/** Servers and services that may be broken. If Kafka has several brokers, dispatchers connect through cables. */
export async function ownStage(options: Pick<StackOptions, 'log' | 'kafkaNodes' | 'env' | 'postgresSettings'> & Pick<ServicesOptions, 'workspace'>): Promise<OwnStage> {
  const { log, kafkaNodes, env, postgresSettings, workspace } = options;
  const dir = await mkdtemp(join(tmpdir(), 'nuncio-chaos-'));
  const stack = await startStack({ dir, log, kafkaNodes, env, postgresSettings });
  const brokers = await Brokers.of(stack);
  const servers = new Servers(dir, stack, brokers);
  const services = await startServices({ dir, stack, topicPrefix: 'chaos', restart: false, log, envOf: { dispatcher: brokers.byCable }, workspace });
  const cluster = new Cluster(stack.brokers, services.topicPrefix);
  const close = async (): Promise<void> => {
    await cluster.close().catch(() => undefined);
    await services.stop();
    servers.stop();
    await brokers.close();
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { fleet: { api: new Api(services.url, services.adminKey), cluster }, services, servers, stack, dir, close };
}
