import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { Pool } from 'undici';
import { EVENT_TYPE, TENANT, type Installation } from './installation.js';
import { reached } from './measurement.js';

/** The number of each benchmark's first event. A number used by two benchmarks would be a duplicate (`ce_source`, `ce_id`). */
export const FIRST = { drain: 0, steady: 1_000_000, neighbour: 2_000_000, fanout: 3_000_000, retry: 4_000_000, tokens: 5_000_000, operation: 6_000_000, burst: 7_000_000, held: 8_000_000, scale: 9_000_000, console: 10_000_000 } as const;

const PAYLOAD_BYTES = 700;
const TICK_MS = 10;
const CONNECTIONS = 64;
/** Each may publish 1,000 events a second. */
const KEYS = 20;

/** Publishes numbered events of 700 bytes, and remembers when Kafka had each. */
export class Load {
  /** By number, epoch milliseconds. */
  readonly acceptedAt: number[] = [];
  readonly #kafka: Kafka;
  readonly #producer: Producer;

  constructor(
    brokers: string,
    private readonly prefix: string,
    /** The tenant of event `n`. */
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
    // They went to several partitions. The earliest time is taken, so that no latency looks too small.
    const at = Math.min(...appended.map(({ logAppendTime }) => Number(logAppendTime)));
    for (let i = 0; i < count; i++) this.acceptedAt[first + i] = at;
  }

  /** Publishes this many a second, in small portions. Resolves when Kafka has all of them. */
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

  /** The number of attempts that the log has not read yet. */
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

/** Publishes over HTTP, one event per request, and remembers when each request was begun. */
export class HttpLoad extends Load {
  readonly #pool: Pool;
  #keys: string[] = [];
  #requests = 0;

  constructor(private readonly installation: Installation) {
    super(installation.stack.brokers, installation.services.topicPrefix);
    this.#pool = new Pool(installation.services.url, { connections: CONNECTIONS, pipelining: 1 });
  }

  override async connect(): Promise<void> {
    await super.connect();
    for (let n = 0; n < KEYS; n++) this.#keys.push((await this.installation.api.post<{ key: string }>('/v1/api-keys', { name: `load ${n}`, role: 'publisher', tenant: TENANT })).key);
    const known = async () => (await Promise.all(this.#keys.map(() => this.#request({}, '')))).filter(({ statusCode }) => statusCode !== 401).length;
    await reached('keys are known', known, (value) => value === KEYS);
  }

  override async publish(first: number, count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, (_, i) => this.#post(first + i)));
  }

  override async disconnect(): Promise<void> {
    await Promise.all([super.disconnect(), this.#pool.close()]);
  }

  async #post(n: number): Promise<void> {
    const { value, headers } = event(n, TENANT);
    const attributes = Object.entries(headers).map(([name, text]): [string, string] => [name.replace('_', '-'), text]);
    this.acceptedAt[n] = Date.now();
    const { statusCode, text } = await this.#request(Object.fromEntries(attributes), value);
    if (statusCode !== 202) throw new Error(`an event was answered ${statusCode}: ${text}`);
  }

  async #request(headers: Record<string, string>, value: string): Promise<{ statusCode: number; text: string }> {
    const key = this.#keys[this.#requests++ % KEYS] ?? '';
    const { statusCode, body } = await this.#pool.request({ method: 'POST', path: '/v1/events', headers: { ...headers, authorization: `Bearer ${key}` }, body: value });
    return { statusCode, text: await body.text() };
  }
}

function event(n: number, tenant: string): { key: string; value: string; headers: Record<string, string> } {
  const head = `{"n":${n},"note":"`;
  return {
    key: String(n),
    value: head + 'x'.repeat(PAYLOAD_BYTES - head.length - 2) + '"}',
    headers: { ce_specversion: '1.0', ce_id: String(n), ce_source: '/bench', ce_type: EVENT_TYPE, ce_tenant: tenant, 'content-type': 'application/json' },
  };
}
