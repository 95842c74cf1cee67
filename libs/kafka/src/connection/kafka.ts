import '../kafkajs/kafkajs-patches.js';
import '../kafkajs/kafkajs-fetch.js';
import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import kafkajs, { type Consumer, type ConsumerConfig, type Kafka, type KafkaConfig, type LogEntry, type RetryOptions } from 'kafkajs';
import type { Topic } from '@nuncio/contracts';
import { addressOf } from './broker-address.js';
import { withSeeds } from '../kafkajs/kafkajs-private.js';
import { saidBefore } from './said-before.js';
import { authentication, type Sasl } from './sasl/authentication.js';

export interface KafkaSettings {
  /** Each is `host:port`. */
  readonly brokers: string[];
  /** The beginning of the name of every topic, group and transactional id. */
  readonly topicPrefix: string;
  readonly clientId: string;
  /** TLS, with PEM files if the system's authorities are not enough. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  readonly sasl?: Sasl;
}

/** Long enough for a broker's restart; callers that must outlast more try again themselves. */
const PATIENCE: RetryOptions = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 10 };

/** How soon every process notices new partitions of a topic that it writes or reads. kafkajs waits five minutes. */
export const METADATA_MAX_AGE_MS = 15_000;

/** How long a fetch waits if there is nothing to read. A new record ends the wait, and so does what makes a member ask for something else (kafkajs-waiting.ts). */
export const QUIET_MS = 5_000;

/** The name of a contract's topic in an installation: `nuncio.events`. */
export const topicName = (prefix: string, topic: Topic | string): string => `${prefix}.${typeof topic === 'string' ? topic : topic.name}`;

/**
 * A consumer retries for about ten minutes before it gives up and starts anew. As the same member, it goes on a moment after the broker is back; a new member would have
 * to wait for the end of the old one's session. kafkajs takes the time for connecting from its client, so the consumer has a client of its own. It asks for metadata between
 * fetches.
 */
export function createConsumer(settings: KafkaSettings, config: ConsumerConfig): Consumer {
  const retry = { initialRetryTime: 100, maxRetryTime: 500, retries: 1_200 };
  return createKafka(settings, retry).consumer({ metadataMaxAge: METADATA_MAX_AGE_MS - QUIET_MS, ...config, retry });
}

/** The only place in which kafkajs is created; nothing outside this library names it. */
export function createKafka({ brokers, clientId, tls, sasl }: KafkaSettings, retry = PATIENCE): Kafka {
  const client = new kafkajs.Kafka({
    clientId,
    brokers,
    ...(tls && { ssl: tlsOptions(tls) }),
    ...(sasl && { sasl: authentication(sasl) }),
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => toNestLogger(new Logger('kafkajs')),
  });
  return withSeeds(client, brokers.map(addressOf));
}

/** Read for each connection, so that a renewed file counts from the next one on. */
const tlsOptions = ({ caFile, certFile, keyFile }: NonNullable<KafkaSettings['tls']>): NonNullable<KafkaConfig['ssl']> => ({
  get ca() {
    return textOf(caFile);
  },
  get cert() {
    return textOf(certFile);
  },
  get key() {
    return textOf(keyFile);
  },
});

const textOf = (file: string | undefined): string | undefined => (file === undefined ? undefined : readFileSync(file, 'utf8'));

const isOld = saidBefore();

/**
 * kafkajs logs as errors what it retries a moment later, such as a coordinator that is still loading: here these are warnings, and single responses
 * are for debugging. What it says of each try is said once a minute.
 */
function toNestLogger(logger: Logger) {
  return ({ namespace, log: { message, error, groupId } }: LogEntry): void => {
    const of = typeof groupId === 'string' ? ` (${groupId})` : '';
    const line = `${namespace}: ${message}${typeof error === 'string' && error !== message ? `: ${error}` : ''}${of}`;
    if (namespace === 'Connection') logger.debug(line);
    else if (!isOld(line)) logger.warn(line);
  };
}
