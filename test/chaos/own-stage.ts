import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
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
  /** Stops what was started, and deletes its data. `logsTo`: a directory that the logs of all its processes are copied to. */
  close(logsTo?: string): Promise<void>;
}

type Options = Pick<StackOptions, 'log' | 'kafkaNodes' | 'env' | 'postgresSettings'> & Pick<ServicesOptions, 'workspace' | 'onGivenUp'> & {
  /** A directory that the logs of a start that fails are copied to. */
  readonly logsTo?: string;
};

/** Servers and services that may be broken. If Kafka has several brokers, dispatchers connect through cables. */
export async function ownStage({ log, kafkaNodes, env, postgresSettings, workspace, onGivenUp, logsTo: logsOfFailure }: Options): Promise<OwnStage> {
  const dir = await mkdtemp(join(tmpdir(), 'nuncio-chaos-'));
  const opened: (() => unknown)[] = [];
  const close = async (logsTo?: string): Promise<void> => {
    for (const end of opened.splice(0).reverse()) await end();
    if (logsTo !== undefined && existsSync(join(dir, 'logs'))) await cp(join(dir, 'logs'), logsTo, { recursive: true });
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const stack = await startStack({ dir, log, kafkaNodes, env, postgresSettings });
    opened.push(() => stack.stop());
    const brokers = await Brokers.of(stack);
    opened.push(() => brokers.close());
    const servers = new Servers(dir, stack, brokers);
    opened.push(() => { servers.stop(); });
    const services = await startServices({ dir, stack, topicPrefix: 'chaos', restart: false, log, envOf: { dispatcher: brokers.byCable }, workspace, onGivenUp });
    opened.push(() => services.stop());
    const cluster = new Cluster(stack.brokers, services.topicPrefix);
    opened.push(() => cluster.close().catch(() => undefined));
    return { fleet: { api: new Api(services.url, services.adminKey), cluster }, services, servers, stack, dir, close };
  } catch (error) {
    await close(logsOfFailure);
    throw error;
  }
}
