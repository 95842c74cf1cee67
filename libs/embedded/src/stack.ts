import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StartedServer } from './containers.js';
import { identitiesIn, type Identities } from './identities.js';
import { kafkaPassword, startKafka } from './kafka.js';
import type { KafkaNode } from './kafka-node.js';
import { KAFKA_ADMIN } from './kafka-secured.js';
import { startPostgres } from './postgres.js';
import type { PostgresServer } from './postgres-server.js';
import { ProcessGroup } from './process-group.js';
import { type Log, silent, timed } from './progress.js';
import { startRedis } from './redis.js';
import type { ServerContext } from './server-context.js';
import { type Certificate, tlsFilesIn } from './tls-files.js';

export interface StackOptions {
  /** The directory for data, settings and logs, made if it does not exist. One process at a time uses it. */
  readonly dir: string;
  readonly log?: Log;
  /** Begin with empty data. Servers that the environment points to are left as they are. */
  readonly fresh?: boolean;
  /** Stops a start in progress. Once all are up, use `stop`. */
  readonly signal?: AbortSignal;
  /**
   * By default that of this process. `KAFKA_BROKERS`, `DATABASE_URL`, `REDIS_URL`: the server at this address is used instead of a child.
   * `NUNCIO_STACK=containers`: containers are used instead of children.
   */
  readonly env?: NodeJS.ProcessEnv;
  /** The children accept only TLS with this self-signed certificate. Kafka requires passwords and applies ACLs. */
  readonly tls?: Certificate;
  /** Whether the servers run for many minutes: Kafka then compiles its code better, which takes some seconds of CPU. By default not, as in tests. */
  readonly lasting?: boolean;
  /** The number of Kafka nodes, if Kafka is a child; 1 by default. With three, topics have three copies, two of which must acknowledge. */
  readonly kafkaNodes?: number;
  /** Settings of PostgreSQL (postgresql.conf), if it is a child. */
  readonly postgresSettings?: Readonly<Record<string, string>>;
}

/** The addresses that services need, in the form of their settings. */
export interface StackAddresses {
  /** Comma list of `host:port`, as in `KAFKA_BROKERS`. */
  readonly brokers: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** The services' passwords, for servers that know each by a user name of its own. */
  readonly identities?: { readonly database?: Identities; readonly redis?: Identities; readonly kafka?: Identities };
  /** Further settings of an administrator, such as `KAFKA_SSL_CA_FILE` and `TOPIC_REPLICATION`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Stack extends StackAddresses {
  /** The servers that run as children, by name. */
  readonly servers: Readonly<Record<string, { readonly pid: number }>>;
  /** The nodes of Kafka, which can be stopped and started one by one; empty if Kafka is not a child. */
  readonly kafka: readonly KafkaNode[];
  /** Can be stopped, and started again on the same port; null if PostgreSQL is not a child. */
  readonly postgres: PostgresServer | null;
  /** Stops what was started here, and keeps the data. */
  stop(): Promise<void>;
}

const ledger = (dir: string): string => join(dir, 'servers.json');

/** Whether a running process has a stack in this directory. */
export const isInUse = (dir: string): boolean => ProcessGroup.ownerOf(ledger(dir)) !== null;

/**
 * Starts Kafka, PostgreSQL and Redis concurrently on free loopback ports. If one cannot be started, the others are stopped, and its error is thrown.
 */
export async function startStack({ dir, log = silent, fresh = false, signal, env = process.env, tls, lasting = false, kafkaNodes = 1, postgresSettings }: StackOptions): Promise<Stack> {
  signal?.throwIfAborted();
  const group = await ProcessGroup.claim(ledger(dir), log);
  const stops: (() => Promise<void>)[] = [() => group.stop()];
  const stop = async (): Promise<void> => {
    await Promise.all(stops.map((each) => each()));
  };
  const abort = (): void => void stop();
  signal?.addEventListener('abort', abort);
  try {
    const kind = env.NUNCIO_STACK ?? 'processes';
    await mkdir(join(dir, 'logs'), { recursive: true });
    await chmod(dir, 0o700);
    const context = { dir, logs: join(dir, 'logs'), group, env, lasting, identities: await identitiesIn(join(dir, 'identities')), tls: tls ? await tlsFilesIn(dir, tls) : null };
    let nodes: readonly KafkaNode[] = [];
    let server: PostgresServer | null = null;
    const postgres = async (): Promise<string> => {
      const started = await startPostgres(context, postgresSettings);
      server = started.server;
      return started.url;
    };
    const kafka = async (): Promise<string> => {
      nodes = await startKafka(context, kafkaNodes);
      return nodes.map(({ address }) => address).join(',');
    };
    const start = await startersFor(kind, context, { kafka, postgres }, stops);
    if (fresh) await Promise.all(['kafka', 'postgres', 'redis'].map((name) => rm(join(dir, name), { recursive: true, force: true })));
    const [brokers, databaseUrl, redisUrl] = await Promise.all([
      given(env.KAFKA_BROKERS, () => timed(log, 'Kafka', start.kafka)),
      given(env.DATABASE_URL, () => timed(log, 'PostgreSQL', start.postgres)),
      given(env.REDIS_URL, () => timed(log, 'Redis', start.redis)),
    ]);
    const ours = (address: string | undefined): Identities | undefined => (kind === 'processes' && !address?.trim() ? context.identities : undefined);
    const identities = { database: ours(env.DATABASE_URL), redis: ours(env.REDIS_URL), kafka: tls && ours(env.KAFKA_BROKERS) };
    return { brokers, databaseUrl, redisUrl, identities, settings: { ...(await settingsOf(context)), ...copiesOn(nodes) }, servers: group.pids, kafka: nodes, postgres: server, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

async function settingsOf({ dir, tls }: ServerContext): Promise<Record<string, string>> {
  if (!tls) return {};
  const admin = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: KAFKA_ADMIN, KAFKA_SASL_PASSWORD: await kafkaPassword(dir) };
  return { ...admin, KAFKA_SSL_CA_FILE: tls.cert, REDIS_CA_FILE: tls.cert };
}

const copiesOn = ({ length }: readonly KafkaNode[]): Record<string, string> => (length < 3 ? {} : { TOPIC_REPLICATION: '3', TOPIC_MIN_INSYNC: '2' });

/** An empty variable counts as absent, since many tools unset variables like that. */
async function given(address: string | undefined, start: () => Promise<string>): Promise<string> {
  return address?.trim() ? address : start();
}

type Starters = Record<'kafka' | 'postgres' | 'redis', () => Promise<string>>;

async function startersFor(kind: string, context: ServerContext, children: Pick<Starters, 'kafka' | 'postgres'>, stops: (() => Promise<void>)[]): Promise<Starters> {
  if (kind === 'processes') return { ...children, redis: () => startRedis(context) };
  if (kind !== 'containers') throw new Error(`NUNCIO_STACK is "${kind}": it may be "processes" (the default) or "containers"`);
  // Loaded on demand: it is large, and rarely needed.
  const containers = await (await import('./containers.js')).containers();
  const started = (start: () => Promise<StartedServer>) => async (): Promise<string> => {
    const server = await start();
    stops.push(() => server.stop());
    return server.url;
  };
  return { kafka: started(containers.kafka), postgres: started(containers.postgres), redis: started(containers.redis) };
}
