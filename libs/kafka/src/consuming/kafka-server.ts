import { Logger } from '@nestjs/common';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { Admin, Cluster, Consumer, ConsumerGroupJoinEvent, EachBatchPayload } from 'kafkajs';
import { isObservable, lastValueFrom } from 'rxjs';
import { CommittedOffsets, keyOf, type Committed, type TopicPartition } from './committed-offsets.js';
import { flowByHeader } from './flows.js';
import { createKafka, topicName } from '../connection/kafka.js';
import type { KafkaServerOptions } from './kafka-server-options.js';
import { KnownPartitions } from './known-partitions.js';
import { memberConsumer, SESSION_TIMEOUT_MS } from './member-consumer.js';
import { tellOfOffsets } from './lost-offsets.js';
import { leaveProcess, mayBelong, Membership } from './membership.js';
import { Backlog } from './backlog.js';
import type { FetchedBatch } from '../kafkajs/kafkajs-fetch.js';
import { LogCheck } from './log-check.js';
import { Partition } from './partition.js';
import { Reading } from './reading.js';
import type { BatchHandler } from './record-batch.js';

const COMMIT_EVERY_MS = 250;
const DRAIN_MS = 8_000;
/** For the last commits before the group is joined again, and before it is left; in all a service has 10 s to stop. */
const COMMIT_WITHIN_MS = { joining: 1_500, leaving: 4_000, all: 9_500 } as const;
const DRAIN_CHECK_MS = 20;
const MAX_BATCH = 500;

/** A Nest transport: batches in, records finishing in any order, offsets committed only behind what is finished. */
export class KafkaServer extends Server implements CustomTransportStrategy {
  override readonly transportId: symbol;
  override readonly propagatesEventHandlerErrors = true;
  protected override readonly logger = new Logger('Kafka');
  readonly #prefix: string;
  readonly #groupId: string;
  readonly #consumer: Consumer;
  readonly #admin: Admin;
  readonly #membership: Membership;
  readonly #offsets: CommittedOffsets;
  readonly #partitions = new Map<string, Partition>();
  readonly #backlog = new Backlog();
  readonly #flowOf: ReturnType<typeof flowByHeader>;
  readonly #reading: Reading;
  readonly #logCheck: LogCheck;
  /** kafkajs' own view of the cluster, which it keeps up to date. */
  #cluster: Cluster | undefined;
  readonly #known = new KnownPartitions(() => this.#cluster);
  #memberId: string | null = null;
  #epoch = 0;
  #assigned: Promise<void> = Promise.resolve();
  #commitTimer: NodeJS.Timeout | undefined;
  #watchTimer: NodeJS.Timeout | undefined;
  readonly #closing = new AbortController();

  constructor(private readonly options: KafkaServerOptions) {
    super();
    this.transportId = options.transportId;
    this.#prefix = options.kafka.topicPrefix;
    this.#flowOf = flowByHeader(options.flowHeaders ?? []);
    this.#groupId = `${this.#prefix}.${options.group}`;
    this.#admin = createKafka(options.kafka).admin();
    const onOutOfRange = (place: TopicPartition, first: number) => this.#assigned.then(() => this.#partitions.get(keyOf(place))?.restart(first));
    const onMoved = () => { this.#logCheck.doubt(this.partitions); };
    const hooks = { beforeJoin: () => this.#beforeJoin(), beforeFetch: () => this.#reading.fetchTerms(), onOutOfRange, onMoved };
    this.#consumer = memberConsumer(options.kafka, this.#groupId, hooks, (cluster) => { this.#cluster = cluster; });
    this.#membership = new Membership(this.#consumer, SESSION_TIMEOUT_MS);
    this.#reading = new Reading(this.#consumer, options);
    this.#offsets = new CommittedOffsets(() => this.#cluster, this.#consumer, this.#groupId);
    this.#logCheck = new LogCheck(this.#reading, () => this.#cluster, this.#offsets, this.#closing.signal);
  }

  get isMember(): boolean {
    return this.#membership.isSure;
  }

  /** Epoch milliseconds. Another member may own our partitions then: no request is to leave any more. */
  get memberUntil(): number {
    return this.#membership.sureUntil;
  }

  get partitions(): Iterable<Partition> {
    return this.#partitions.values();
  }

  /** The part of the group's partitions that is ours, of those that there are now; at least one's. In (0, 1]; all members' together are 1. */
  get share(): number {
    const all = this.#topics().reduce((sum, topic) => sum + this.#known.count(topic), 0);
    return Math.min(1, Math.max(1, this.#partitions.size) / Math.max(1, all));
  }

  /** Which partitions of a topic (the contract's name) are ours, and how many there are now. */
  ownership(topic: string): { owned: number[]; count: number } {
    const owned = [...this.#partitions.values()].filter((partition) => partition.topic === topic).map(({ id }) => id);
    const known = this.#known.count(topicName(this.#prefix, topic));
    return { owned, count: Math.max(known, ...owned.map((id) => id + 1), 1) };
  }

  /** Calls back when the group is joined and every partition's place is known. */
  listen(callback: (error?: unknown) => void): void {
    this.#start().then(() => { callback(); }, callback);
  }

  override on(): never { throw new Error('KafkaServer has no events of its own'); }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- Nest's signature
  override unwrap<T = Consumer>(): T {
    return this.#consumer as T;
  }

  /** Stops taking, waits for what is in work, commits, and leaves: what is still in work then starts nothing more. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const partition of this.#partitions.values()) {
      partition.drain();
      this.#reading.pause(partition); // what is not taken would be fetched over and over
    }
    const closingAt = performance.now();
    const deadline = closingAt + (this.options.drainMs ?? DRAIN_MS);
    const unfinished = (): number => [...this.#partitions.values()].reduce((sum, partition) => sum + partition.inWork, 0);
    while (unfinished() > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, DRAIN_CHECK_MS));
    if (unfinished() > 0) await this.options.beforeGivingUp?.();
    if (unfinished() > 0) this.logger.warn(`${this.#groupId}: ${unfinished()} records could not be finished before the stop. The next owner of their partitions handles them again.`);
    for (const timer of [this.#commitTimer, this.#watchTimer]) clearTimeout(timer);
    this.#reading.stop();
    await this.#offsets.writeOut(() => this.#places(), Math.min(COMMIT_WITHIN_MS.leaving, closingAt + COMMIT_WITHIN_MS.all - performance.now()));
    for (const partition of this.#partitions.values()) partition.lose();
    await this.#consumer.disconnect();
    if (this.options.ownGroup) await this.#admin.deleteGroups([this.#groupId]).catch(() => undefined);
    await this.#admin.disconnect();
  }

  async #start(): Promise<void> {
    const { events } = this.#consumer;
    const joined = new Promise<void>((resolve) => {
      this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
        this.#assigned = this.#assign(payload);
        void this.#assigned.then(() => { if (!this.#closing.signal.aborted) resolve(); });
      });
    });
    const crash = (error: Error): void => {
      if (!this.#closing.signal.aborted) (this.options.onCrash ?? leaveProcess)(error);
    };
    // Of what holds no record for us, markers of transactions and what was aborted, this alone tells.
    this.#consumer.on(events.END_BATCH_PROCESS, ({ payload: { batchSize, lastOffset, ...place } }) => {
      if (batchSize === 0) this.#partitions.get(keyOf(place))?.passOver(lastOffset);
      if (!this.#closing.signal.aborted) this.#tick();
    });
    this.#consumer.on(events.CRASH, ({ payload: { error, restart } }) => {
      this.#memberId = null;
      if (!restart) crash(error);
    });
    await Promise.all([this.#consumer.connect(), this.#admin.connect()]);
    await this.#consumer.subscribe({ topics: this.#topics(), fromBeginning: this.options.fromBeginning ?? true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 8, // kafkajs wakes as many workers for each fetch; a batch is taken and not waited for
      eachBatch: (payload) => this.#onBatch(payload),
    });
    await joined;
    this.#watchTimer = this.#membership.watch(() => mayBelong(this.#admin, this.#groupId), crash, this.options.watchEveryMs);
  }

  /** Commits and resumes every 250 ms, as long as there may be something to commit or to resume. */
  #tick(looks = 1): void {
    this.#commitTimer ??= setTimeout(() => {
      this.#commitTimer = undefined;
      const isDue = looks * COMMIT_EVERY_MS >= (this.options.commitEveryMs ?? COMMIT_EVERY_MS);
      if (isDue) void this.#offsets.write(() => this.#places());
      this.#reading.resumeWhereRoom();
      if (this.#reading.isWaiting || [...this.#partitions.values()].some((partition) => partition.unfinished > 0 || partition.uncommitted() !== null)) this.#tick(isDue ? 1 : looks + 1);
    }, COMMIT_EVERY_MS);
  }

  #topics(): string[] {
    return [...this.messageHandlers.keys()].map((pattern) => topicName(this.#prefix, pattern));
  }

  /** Keeps the trackers of what stays ours; what is new starts from what its former owner committed. A new member id means that the group went on without us. */
  async #assign({ memberId, memberAssignment }: ConsumerGroupJoinEvent['payload']): Promise<void> {
    const ours = new Map(
      Object.entries(memberAssignment)
        // Another member may still be able to read what we cannot, and give us of it.
        .filter(([topic]) => this.#known.count(topic) !== 0)
        .flatMap(([topic, ids]) => ids.map((partition) => ({ topic, partition })))
        .map((place) => [keyOf(place), place]),
    );
    const kept = memberId === this.#memberId;
    this.#memberId = memberId;
    const epoch = ++this.#epoch;
    for (const [key, partition] of this.#partitions) {
      if (kept && ours.has(key)) continue;
      partition.lose();
      this.#partitions.delete(key);
      this.#reading.forget(partition);
    }
    const fresh = [...ours].filter(([key]) => !this.#partitions.has(key));
    const offsets = await this.#offsets.read(fresh.map(([, place]) => place), this.#closing.signal);
    if (!offsets || epoch !== this.#epoch) return;
    for (const [key, place] of fresh) this.#partitions.set(key, this.#adopt(place, offsets.get(key) ?? { offset: '-1', metadata: null }));
    for (const partition of this.#partitions.values()) this.#reading.resume(partition);
    this.options.afterRebalance?.();
    if (tellOfOffsets(this.options, fresh.map(([, place]) => place), offsets) && !this.#closing.signal.aborted) this.#tick();
  }

  #adopt({ topic, partition: id }: TopicPartition, committed: Committed): Partition {
    const name = topic.slice(this.#prefix.length + 1);
    const handler = this.messageHandlers.get(name);
    if (!handler) throw new Error(`there is no handler for ${name}`);
    const handle: BatchHandler = async (batch) => {
      const result: unknown = await handler(batch);
      return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
    };
    const onRoom = (): void => { this.#reading.resumeWhereRoom([partition]); };
    const partition: Partition = new Partition(name, topic, id, committed, { backlog: this.#backlog, handle, maxBatch: this.options.maxBatch ?? MAX_BATCH, flowOf: this.#flowOf, putAway: this.options.putAway, onRoom });
    return partition;
  }

  /** Takes and returns: kafkajs fetches from a broker again only when all batches of a fetch are through (tulios/kafkajs#683). */
  async #onBatch(payload: EachBatchPayload): Promise<void> {
    await this.#assigned;
    const batch: typeof payload.batch & FetchedBatch = payload.batch;
    const partition = this.#partitions.get(keyOf(batch));
    if (!partition || batch.isCurrent?.() === false) return;
    if (!(await this.#logCheck.passes(batch, partition))) return;
    const taken = this.#reading.read(payload, partition, () => this.#closing.signal.aborted || !payload.isRunning() || payload.isStale());
    if (taken !== undefined) payload.resolveOffset(taken);
    if (!this.#closing.signal.aborted) this.#tick();
    await payload.heartbeat();
  }

  async #beforeJoin(): Promise<void> {
    if (this.#memberId === null) return;
    await this.options.beforeRebalance?.();
    await this.#offsets.writeOut(() => this.#places(), COMMIT_WITHIN_MS.joining);
  }

  #places(): (readonly [TopicPartition, Partition])[] {
    return [...this.#partitions.values()].map((partition) => [{ topic: partition.kafkaTopic, partition: partition.id }, partition]);
  }
}
