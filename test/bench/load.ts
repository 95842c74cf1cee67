import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners, type Message, type Producer } from 'kafkajs';
import { EVENT_TYPE, TENANT } from './installation.js';

/** The number of each benchmark's first event: one that another benchmark had already would be a duplicate (`ce_source`, `ce_id`). */
export const FIRST = { drain: 0, steady: 1_000_000, neighbour: 2_000_000, fanout: 3_000_000, retry: 4_000_000, tokens: 5_000_000, operation: 6_000_000, burst: 7_000_000, held: 8_000_000, scale: 9_000_000 } as const;

const PAYLOAD_BYTES = 700;
const TICK_MS = 10;

/** Publishes numbered events of 700 bytes and remembers when Kafka had each. */
export class Load {
  /** `acceptedAt[n]`, epoch milliseconds. */
  readonly acceptedAt: number[] = [];
  readonly #kafka: Kafka;
  readonly #producer: Producer;

  constructor(
    brokers: string,
    private readonly prefix: string,
    /** Whom event `n` is for. */
    private readonly tenantOf: (n: number) => string = () => TENANT,
  ) {
    this.#kafka = new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
    this.#producer = this.#kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  }

  async connect(): Promise<void> {
    await this.#producer.connect();
  }

  async publish(first: number, count: number): Promise<void> {
    const messages = Array.from({ length: count }, (_, i) => event(first + i, this.tenantOf(first + i)));
    const appended = await this.#producer.send({ topic: `${this.prefix}.events`, acks: -1, messages });
    // They went to several partitions: the earliest append flatters nobody.
    const at = Math.min(...appended.map(({ logAppendTime }) => Number(logAppendTime)));
    for (let i = 0; i < count; i++) this.acceptedAt[first + i] = at;
  }

  /** So many a second, in small portions; resolves when Kafka has all of them. */
  async publishSteadily(first: number, perSecond: number, seconds: number): Promise<void> {
    const sends: Promise<void>[] = [];
    const total = perSecond * seconds;
    const start = performance.now();
    for (let sent = 0; sent < total; ) {
      await delay(Math.max(0, TICK_MS - ((performance.now() - start) % TICK_MS)));
      const due = Math.min(total, Math.floor(((performance.now() - start) * perSecond) / 1_000));
      if (due > sent) sends.push(this.publish(first + sent, due - sent));
      sent = due;
    }
    await Promise.all(sends);
  }

  /** How many attempts the log has yet to read. */
  async logLag(): Promise<number> {
    const admin = this.#kafka.admin();
    await admin.connect();
    const topic = `${this.prefix}.attempts`;
    const [ends, groups] = await Promise.all([admin.fetchTopicOffsets(topic), admin.fetchOffsets({ groupId: `${this.prefix}.attempt-log`, topics: [topic] })]);
    await admin.disconnect();
    const committed = new Map(groups.flatMap(({ partitions }) => partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))])));
    return ends.reduce((lag, { partition, high }) => lag + Number(high) - (committed.get(partition) ?? 0), 0);
  }

  disconnect(): Promise<void> {
    return this.#producer.disconnect();
  }
}

function event(n: number, tenant: string): Message {
  const head = `{"n":${n},"note":"`;
  return {
    key: String(n),
    value: head + 'x'.repeat(PAYLOAD_BYTES - head.length - 2) + '"}',
    headers: { ce_specversion: '1.0', ce_id: String(n), ce_source: '/bench', ce_type: EVENT_TYPE, ce_tenant: tenant, 'content-type': 'application/json' },
  };
}
