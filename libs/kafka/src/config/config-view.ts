import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { aggregates, configState, streamOf, type AggregateKind, type AggregateRecord, type AggregateState } from '@nuncio/contracts';
import type { Admin, Consumer, KafkaMessage } from 'kafkajs';
import { UndecodableBatch } from '../consuming/fetched-batches.js';
import { createConsumer, createKafka, QUIET_MS, topicName, type KafkaSettings } from '../connection/kafka.js';
import { leaveProcess, mayBelong, Membership } from '../consuming/membership.js';
import { OfTenants } from './of-tenants.js';
import { readJson } from './read-json.js';
import { unlessAborted } from '../connection/until-answered.js';
import { waitForServer } from '../connection/wait-for-server.js';

const SESSION_TIMEOUT_MS = 10_000;

/** An aggregate as it stands in the view. */
export type Viewed<K extends AggregateKind> = Omit<Extract<AggregateRecord, { kind: K }>, 'state'> & { state: AggregateState<K> };

/**
 * Configuration in memory: the last state of every aggregate of some kinds, read from the compacted topic by a consumer group of this process's own,
 * which is deleted at the end. A record older than what is held changes nothing, whoever wrote it.
 */
export class ConfigView {
  readonly #kinds: ReadonlySet<string>;
  readonly #admin: Admin;
  readonly #consumer: Consumer;
  readonly #membership: Membership;
  readonly #topic: string;
  readonly #groupId: string;
  readonly #byKind = new Map<string, Map<string, AggregateRecord>>(Object.keys(aggregates).map((kind) => [kind, new Map()]));
  /** Of the kinds of which a tenant's were asked for. */
  readonly #byTenant = new Map<AggregateKind, OfTenants>();
  /** The positions of streams whose state was written by a newer release in an unknown form. */
  readonly #newer = new Map<string, number>();
  readonly #listeners = new Set<(record: AggregateRecord) => void>();
  readonly #waiting = new Set<() => void>();
  readonly #logger = new Logger('ConfigView');
  #position = 0;
  #watchTimer: NodeJS.Timeout | undefined;
  readonly #stopping = new AbortController();

  constructor(
    settings: KafkaSettings,
    kinds: readonly AggregateKind[],
    private readonly onCrash: (error: Error) => void = leaveProcess,
  ) {
    this.#kinds = new Set(kinds);
    this.#admin = createKafka(settings).admin();
    this.#topic = topicName(settings.topicPrefix, configState);
    this.#groupId = `${settings.topicPrefix}.view.${settings.clientId}.${randomUUID()}`;
    this.#consumer = createConsumer(settings, {
      groupId: this.#groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: 3_000,
      // A new record ends the wait.
      maxWaitTimeInMs: QUIET_MS,
      maxBytesPerPartition: 1_048_576,
    });
    this.#membership = new Membership(this.#consumer, SESSION_TIMEOUT_MS);
  }

  /** One that is loaded, as injection wants it. */
  static async started(settings: KafkaSettings, kinds: readonly AggregateKind[]): Promise<ConfigView> {
    const view = new ConfigView(settings, kinds);
    await view.start();
    return view;
  }

  /** Resolves when everything that was in the topic at the beginning has been read. Waits for the topic's first record. */
  async start(): Promise<void> {
    await Promise.all([this.#admin.connect(), this.#consumer.connect()]);
    const target = await this.#firstEnd();
    const { events } = this.#consumer;
    const loaded = new Promise<void>((resolve) => {
      // This event tells of batches that hold only markers of transactions, too.
      this.#consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
        if (Number(payload.lastOffset) + 1 >= target) resolve();
      });
    });
    this.#consumer.on(events.CRASH, ({ payload: { error, restart } }) => {
      if (!restart && !this.#stopping.signal.aborted) this.onCrash(error);
    });
    await this.#consumer.subscribe({ topic: this.#topic, fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => {
        for (const message of payload.batch.messages as readonly unknown[] as readonly (KafkaMessage | UndecodableBatch)[]) {
          if (message instanceof UndecodableBatch)
            this.#logger.error(`Records ${message.firstOffset} to ${message.offset} of config.state cannot be decoded and are skipped: ${message.detail}. \`npm run rebuild\` writes them again.`);
          else if (message.value) this.#read(message.value, message.key);
        }
        for (const check of this.#waiting) check();
        await payload.heartbeat();
      },
    });
    await loaded;
    this.#watchTimer = this.#membership.watch(() => mayBelong(this.#admin, this.#groupId), this.onCrash);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#watchTimer);
    await this.#consumer.disconnect();
    await this.#admin.deleteGroups([this.#groupId]).catch(() => undefined);
    await this.#admin.disconnect();
  }

  /** The highest position seen, of any kind. */
  get position(): number {
    return this.#position;
  }

  get<K extends AggregateKind>(kind: K, id: string): Viewed<K> | undefined {
    const record = this.#byKind.get(kind)?.get(id);
    return record?.state ? (record as Viewed<K>) : undefined;
  }

  /** `tenant`: only what belongs to this tenant, whatever the others have; null = of all tenants. */
  *all<K extends AggregateKind>(kind: K, tenant: string | null = null): Iterable<Viewed<K>> {
    const records = this.#byKind.get(kind);
    const wanted = tenant === null ? records?.values() : Array.from(this.#idsOf(kind, tenant), (id) => records?.get(id));
    for (const record of wanted ?? []) if (record?.state) yield record as Viewed<K>;
  }

  #idsOf(kind: AggregateKind, tenant: string): ReadonlySet<string> {
    let ids = this.#byTenant.get(kind);
    if (!ids) {
      ids = new OfTenants();
      for (const record of this.#byKind.get(kind)?.values() ?? []) ids.note(record);
      this.#byTenant.set(kind, ids);
    }
    return ids.of(tenant);
  }

  /** Called with every record that changes the view, after it has. */
  onChange(listener: (record: AggregateRecord) => void): void {
    this.#listeners.add(listener);
  }

  /** True as soon as the view has that position; false when it has not in time. */
  waitFor(position: number, timeoutMs: number): Promise<boolean> {
    if (this.#position >= position) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (reached: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(reached);
      };
      const check = (): void => {
        if (this.#position >= position) settle(true);
      };
      const timer = setTimeout(() => {
        settle(false);
      }, timeoutMs);
      this.#waiting.add(check);
    });
  }

  /**
   * The end offset of the topic, as soon as the topic has a record; 0 if the view is stopped before. An empty topic is not an empty configuration: a
   * service that took it for one would find no subscription for any event.
   */
  #firstEnd(): Promise<number> {
    const look = async (): Promise<number> => {
      const { signal } = this.#stopping;
      if (signal.aborted) return 0;
      const ends = await unlessAborted(this.#admin.fetchTopicOffsets(this.#topic), signal);
      const target = Number(ends?.[0]?.high ?? 0);
      if (target === 0 && ends) throw new Error('the topic is empty. config-service writes it; if it was lost, run npm run rebuild');
      return target;
    };
    return waitForServer(`configuration in ${this.#topic}`, look, { forMs: Infinity, isAway: () => true, say: (line) => { this.#logger.log(line); } });
  }

  /** Whether only a newer release can read its last state. The view keeps the state before. */
  isNewer(kind: AggregateKind, id: string): boolean {
    return this.#newer.size > 0 && this.#newer.has(streamOf(kind, id));
  }

  #read(value: Buffer, key: Buffer | null): void {
    const read = readJson(configState, { value });
    if (read.is === 'unreadable') this.#logger.error(`A record of config.state cannot be read and is skipped: ${read.detail}. \`npm run rebuild\` writes it again.`);
    else if (read.is === 'newer') this.#keepNewer(value, key?.toString() ?? '');
    else this.#take(read.value);
  }

  #take(record: AggregateRecord): void {
    const ofKind = this.#byKind.get(record.kind);
    const held = ofKind?.get(record.id);
    const stream = streamOf(record.kind, record.id);
    // The same position once more is the same state, with its secrets under another key.
    if (Math.max(held?.position ?? 0, this.#newer.get(stream) ?? 0) > record.position) return;
    this.#newer.delete(stream);
    this.#position = Math.max(this.#position, record.position);
    if (!this.#kinds.has(record.kind)) return;
    ofKind?.set(record.id, record);
    this.#byTenant.get(record.kind)?.note(record);
    for (const listener of this.#listeners) listener(record);
  }

  #keepNewer(value: Buffer, stream: string): void {
    const { position } = JSON.parse(value.toString()) as { position?: unknown };
    if (typeof position !== 'number') return;
    if (!this.#newer.has(stream)) this.#logger.warn(`${stream} was changed by a newer release, at position ${position}, in a way that this release cannot read. This process goes on with the state before. Finish the upgrade.`);
    this.#newer.set(stream, Math.max(position, this.#newer.get(stream) ?? 0));
    this.#position = Math.max(this.#position, position);
  }
}
