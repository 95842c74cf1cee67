import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { configState, events } from '@nuncio/contracts';
import { freePort, type OwnServers, ownServers, startKafka } from '@nuncio/embedded';
import { Cable } from '@nuncio/fixtures';
import { applyTopics, type BatchHandler, BatchProducer, createKafka, kafkaFaults, KafkaServer, passOver, type KafkaSettings, type Throttle, throttles, TopicTail } from '../index.js';
import { setClientQuota } from '../testing/client-quotas.js';
import { eventually } from '../testing/eventually.js';
import { joined } from '../testing/joined.js';
import { ownCertificate } from '../testing/own-certificate.js';

const PREFIX = 'rough';
/** What a broker allows a connection to be idle. A fetch that waits for records is idle for five seconds. */
const IDLE_MS = 2_000;
/** More than a group allows a member to be silent. */
const LONG_MS = 12_000;

interface Broker {
  readonly servers: OwnServers;
  /** Its own address, for what is not to go through the cable. */
  readonly direct: string;
  readonly cable: Cable;
  readonly settings: KafkaSettings;
}

let plain: Broker;
let secured: Broker;
const lines: string[] = [];
const throttled: Throttle[] = [];

beforeAll(async () => {
  const hear = (line: unknown): void => void lines.push(String(line));
  Logger.overrideLogger({ log: () => undefined, warn: hear, error: hear, fatal: hear });
  throttles.subscribe((message) => void throttled.push(message as Throttle));
  [plain, secured] = await Promise.all([behindCable('plain', () => ({ properties: '' })), behindCable('secured', (dir) => overTls(dir))]);
});
afterAll(() => Promise.all([plain, secured].map(({ servers }) => servers.stop())));

/** A broker whose clients all come through a cable. */
async function behindCable(name: string, more: (dir: string) => { readonly properties: string; readonly tls?: KafkaSettings['tls'] }): Promise<Broker> {
  const servers = await ownServers(name);
  const { properties, tls } = more(servers.dir);
  const near = await freePort();
  const [node] = await startKafka({ ...servers, kafkaProperties: `advertised.listeners=CLIENT://127.0.0.1:${near}\n${properties}` });
  const cable = await Cable.to(`kafka://${node!.address}`, near);
  const settings: KafkaSettings = { brokers: [cable.url.host], topicPrefix: PREFIX, clientId: 'spec', ...(tls && { tls }) };
  await applyTopics(createKafka(settings), PREFIX, [events, configState]);
  return { servers, direct: node!.address, cable, settings };
}

function overTls(dir: string): { properties: string; tls: { caFile: string } } {
  const files = ownCertificate(dir);
  const pem = (store: string, file: string): string => `ssl.${store}.type=PEM\nssl.${store}.location=${file}\n`;
  return { properties: `connections.max.idle.ms=${IDLE_MS}\nlistener.security.protocol.map=CLIENT:SSL,CONTROLLER:PLAINTEXT\n${pem('keystore', files.keystore)}${pem('truststore', files.cert)}`, tls: { caFile: files.cert } };
}

/** A process that writes, reads what it writes, and follows a topic. */
class Client {
  readonly #producer: BatchProducer;
  readonly #server: KafkaServer;
  readonly #tail: TopicTail;
  readonly #acknowledged = new Set<string>();
  readonly #refused: string[] = [];
  readonly #values = new Set<string>();
  readonly #places = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #sent = 0;
  /** Records that were handed over twice. */
  readonly again: string[] = [];
  readonly crashes: string[] = [];
  joins = 0;
  isSure = true;

  private constructor({ settings: kafka }: Broker, producer: BatchProducer, private readonly group: string) {
    this.#producer = producer;
    this.#server = new KafkaServer({ kafka, group, transportId: Symbol('readers'), putAway: passOver, onCrash: (error) => void this.crashes.push(String(error)) });
    const handle: BatchHandler = ({ records, partition }) => {
      for (const record of records) {
        const place = `${partition} ${record.offset}`;
        if (this.#places.has(place)) this.again.push(place);
        this.#places.add(place);
        this.#values.add(String(record.value).trimEnd());
        record.done();
      }
      return Promise.resolve();
    };
    this.#server.addHandler(events.name, handle as never, true);
    this.#server.unwrap().on('consumer.group_join', () => { this.joins += 1; });
    this.#tail = new TopicTail(kafka, configState, { sinceMs: 0, onRecord: () => undefined });
  }

  static async started(broker: Broker, group: string): Promise<Client> {
    const client = new Client(broker, await BatchProducer.connected(broker.settings), group);
    await joined(client.#server);
    client.#tail.start();
    client.#watch = setInterval(() => { client.isSure &&= client.#server.isMember; }, 100);
    return client;
  }

  /** Writes 200 records of a kilobyte each second. */
  write(): void {
    this.#timer = setInterval(() => {
      for (let n = 0; n < 10; n++) {
        const value = `${this.group} ${this.#sent++}`;
        this.#producer.send(events, { key: value, value: value.padEnd(1_000) }).then(() => void this.#acknowledged.add(value), (error: unknown) => void this.#refused.push(String(error)));
      }
    }, 50);
  }

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  get unread(): string[] {
    return [...this.#acknowledged].filter((value) => !this.#values.has(value));
  }

  /** Until everything is acknowledged and read. */
  async settle(): Promise<void> {
    clearInterval(this.#timer);
    const deadline = performance.now() + 150_000;
    while (this.acknowledged < this.#sent || this.unread.length > 0) {
      if (performance.now() > deadline) throw new Error(`${this.acknowledged} of ${this.#sent} records are acknowledged, ${this.unread.length} of them are not read; ${this.#refused.join()}`);
      await pause(50);
    }
  }

  /** Milliseconds that it took. */
  async close(): Promise<number> {
    clearInterval(this.#watch);
    clearInterval(this.#timer);
    const since = performance.now();
    await this.#server.close();
    await this.#producer.disconnect();
    await this.#tail.stop();
    return performance.now() - since;
  }
}

describe('a broker', () => {
  it.each([
    ['producer_byte_rate', 50_000, 'Produce'],
    ['consumer_byte_rate', 50_000, 'Fetch'],
    ['request_percentage', 0.1, null],
  ] as const)('whose quota %s is used up makes everything late, and loses and repeats nothing; it is said once', async (quota, value, request) => {
    lines.length = throttled.length = 0;
    const client = await Client.started(plain, quota);
    client.write();
    await eventually('something is written', () => client.acknowledged > 100);
    await setClientQuota(plain.direct, quota, value);
    await eventually('it is told', () => throttled.some((one) => (request === null || one.request === request) && one.pauseMs >= 100));
    await pause(3_000);
    const said = lines.filter((line) => line.includes(quota)).map((line) => /its (\w+) requests pause/.exec(line)?.[1]);
    await setClientQuota(plain.direct, quota, null);
    await client.settle();
    await client.close();
    expect([client.again, client.crashes, client.joins, client.isSure, kafkaFaults()]).toEqual([[], [], 1, true, []]);
    expect(said.length).toBeGreaterThan(0);
    expect(new Set(said).size).toBe(said.length);
  });

  it('that asks for a long pause does not delay a stop', async () => {
    throttled.length = 0;
    const client = await Client.started(plain, 'stopped');
    client.write();
    await eventually('something is written', () => client.acknowledged > 100);
    await setClientQuota(plain.direct, 'consumer_byte_rate', 1_000);
    await eventually('the pause is long', () => throttled.some(({ request, pauseMs }) => request === 'Fetch' && pauseMs > 20_000));
    const took = await client.close();
    await setClientQuota(plain.direct, 'consumer_byte_rate', null);
    // Less than the pause that it asks for.
    expect(took).toBeLessThan(20_000);
  });

  it('whose answers come byte by byte makes everything late, and loses and repeats nothing', async () => {
    lines.length = 0;
    const client = await Client.started(plain, 'slow');
    client.write();
    plain.cable.slowAnswers(3_000);
    await pause(LONG_MS);
    await plain.cable.mend();
    await client.settle();
    await client.close();
    expect([client.again, client.crashes, client.joins, client.isSure, kafkaFaults()]).toEqual([[], [], 1, true, []]);
  });

  it.each([['', () => plain], [' over TLS', () => secured]] as const)('that resets connections%s in the middle of its answers loses and repeats nothing', async (over, of) => {
    lines.length = 0;
    const { cable } = of();
    const client = await Client.started(of(), `reset${over.replaceAll(' ', '-')}`);
    client.write();
    for (let n = 0; n < 12; n++) {
      cable.resetAnswers(3);
      await pause(500);
    }
    await cable.mend();
    await client.settle();
    await client.close();
    expect([client.again, client.crashes, client.isSure, kafkaFaults()]).toEqual([[], [], true, []]);
  });

  it('that closes connections which are idle, also those that wait for records, loses nothing and is not complained of', async () => {
    lines.length = 0;
    const client = await Client.started(secured, 'idle');
    await pause(LONG_MS);
    client.write();
    await pause(1_000);
    await client.settle();
    await client.close();
    expect([client.again, client.crashes, client.joins, client.isSure, kafkaFaults()]).toEqual([[], [], 1, true, []]);
    expect(lines).toEqual([]);
  });
});
