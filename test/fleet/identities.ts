import type { StackAddresses } from '@nuncio/embedded';
import { Redis } from 'ioredis';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { Client } from 'pg';

export type Service = 'config-service' | 'token-service' | 'dispatcher' | 'attempt-log' | 'gateway';

/** Somebody who knows one service's passwords and tries them on the servers. */
export class Intruder {
  readonly #user: string;

  constructor(
    private readonly stack: StackAddresses,
    private readonly service: Service,
    private readonly ca: string,
  ) {
    this.#user = `nuncio_${service.replaceAll('-', '_')}`;
  }

  /** PostgreSQL's answer: rows as JSON, or the message of its refusal. */
  async sql(statement: string): Promise<string> {
    const client = new Client(this.#urlAt(this.stack.databaseUrl, this.stack.identities?.database));
    try {
      await client.connect();
      return JSON.stringify((await client.query(statement)).rows);
    } catch (error) {
      return (error as Error).message;
    } finally {
      await client.end();
    }
  }

  async redis(command: string, ...args: string[]): Promise<string> {
    const client = new Redis(this.#urlAt(this.stack.redisUrl, this.stack.identities?.redis), { tls: { ca: this.ca }, lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
    let refusal: string | undefined;
    client.on('error', (error) => {
      refusal = error.message;
    });
    try {
      await client.connect();
      return String(await client.call(command, ...args));
    } catch (error) {
      // A refused login is explained before the connection ends.
      return refusal ?? (error as Error).message;
    } finally {
      client.disconnect();
    }
  }

  /** The cluster's refusal; empty = it allowed the work. */
  async kafka(work: (kafka: Kafka) => Promise<unknown>): Promise<string> {
    const sasl = { mechanism: 'scram-sha-512', username: this.#user, password: this.stack.identities?.kafka?.[this.service] ?? '' } as const;
    const kafka = new Kafka({ clientId: 'intruder', brokers: [this.stack.brokers], ssl: { ca: this.ca }, sasl, logLevel: logLevel.NOTHING, retry: { retries: 0 } });
    try {
      await work(kafka);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  }

  write(topic: string, transactionalId?: string): Promise<string> {
    return this.kafka(async (kafka) => {
      const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, ...(transactionalId === undefined ? {} : { transactionalId, maxInFlightRequests: 1 }) });
      await producer.connect();
      try {
        if (transactionalId !== undefined) await (await producer.transaction()).abort();
        else await producer.send({ topic, messages: [{ key: 'k', value: 'v' }] });
      } finally {
        await producer.disconnect();
      }
    });
  }

  read(topic: string, groupId: string): Promise<string> {
    return this.kafka(async (kafka) => {
      const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, sessionTimeout: 6_000 });
      try {
        await consumer.connect();
        await consumer.subscribe({ topic, fromBeginning: true });
        await new Promise<void>((resolve, reject) => {
          consumer.on(consumer.events.CRASH, ({ payload }) => {
            reject(payload.error);
          });
          consumer.on(consumer.events.FETCH, () => {
            resolve();
          });
          consumer.run({ autoCommit: false, eachBatch: async () => undefined }).catch(reject);
        });
      } finally {
        await consumer.disconnect();
      }
    });
  }

  #urlAt(url: string, passwords: Readonly<Record<string, string>> | undefined): string {
    const own = new URL(url);
    own.username = this.#user;
    own.password = passwords?.[this.service] ?? '';
    return own.href;
  }
}
