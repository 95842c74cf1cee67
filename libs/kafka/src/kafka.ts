import './kafkajs-patches.js';
import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import kafkajs, { type Kafka, type KafkaConfig, type LogEntry } from 'kafkajs';
import type { Topic } from '@nuncio/contracts';

export interface KafkaSettings {
  /** `host:port` each. */
  readonly brokers: string[];
  /** Begins the name of every topic, group and transactional id. */
  readonly topicPrefix: string;
  readonly clientId: string;
  /** TLS, with PEM files where the system's authorities are not enough. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password?: string; readonly passwordFile?: string };
}

/**
 * A consumer repeats for about ten minutes before it gives up and starts anew: as the member it was, it goes on a moment after the broker is back, while a
 * new member has to wait until the old one's session has run out.
 */
export const OUTAGE_PATIENCE = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 600 };

/** Where a topic of the contract is found in an installation: `nuncio.events`. */
export const topicName = (prefix: string, topic: Topic | string): string => `${prefix}.${typeof topic === 'string' ? topic : topic.name}`;

/** The one place where kafkajs is made; nothing outside this library names it. */
export function createKafka({ brokers, clientId, tls, sasl }: KafkaSettings): Kafka {
  return new kafkajs.Kafka({
    clientId,
    brokers,
    ...(tls && { ssl: { ca: textOf(tls.caFile), cert: textOf(tls.certFile), key: textOf(tls.keyFile) } }),
    ...(sasl && { sasl: { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password ?? textOf(sasl.passwordFile)?.trim() ?? '' } as KafkaConfig['sasl'] }),
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    // Long enough to sit out a broker's restart; what must outlive that repeats by itself.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 10 },
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => toNestLogger(new Logger('kafkajs')),
  });
}

const textOf = (file: string | undefined): string | undefined => (file === undefined ? undefined : readFileSync(file, 'utf8'));

/** kafkajs calls errors what it retries a moment later, such as a coordinator that is still loading: they are warnings here, and what a single response said is for debugging. */
function toNestLogger(logger: Logger) {
  return ({ namespace, log: { message, error, groupId } }: LogEntry): void => {
    const of = typeof groupId === 'string' ? ` (${groupId})` : '';
    const line = `${namespace}: ${message}${typeof error === 'string' && error !== message ? `: ${error}` : ''}${of}`;
    if (namespace === 'Connection') logger.debug(line);
    else logger.warn(line);
  };
}
