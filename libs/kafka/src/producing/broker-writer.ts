import { setTimeout as pause } from 'node:timers/promises';
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { BrokerClock } from './broker-clock.js';
import { brokerError, isDisconnected } from '../connection/broker-error.js';
import { Leaders, type Outcome } from '../connection/leaders.js';
import type { PartitionQueue, Room, Waiting } from './partition-queue.js';
import type { RequestLimit } from './request-limit.js';

/** In one request, over all its partitions: as with its bytes, with less a slow cluster would get too few records a second. */
const MAX_RECORDS = 2_000;
const LOOK_AGAIN_MS = 5_000;
const ACKNOWLEDGED_BY_ALL = { acks: -1, timeout: 10_000 };

/** The broker's verdict on the record itself; sending it again changes nothing. */
const REFUSED = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE', 'INVALID_TIMESTAMP']);
export const isRefused = (error: Error): boolean => REFUSED.has(brokerError(error) ?? '');

type Batches = Map<PartitionQueue, Waiting[]>;

/** Writes over one connection to each broker, one request at a time on each: what comes meanwhile is the next one, so that batches grow with the load. */
export class BrokerWriter {
  readonly leaders: Leaders;
  readonly #busy = new Set<number>();
  readonly #topics = new Set<string>();

  constructor(
    readonly cluster: Cluster,
    /** Of a request, for one partition. */
    private readonly maxBytes: number,
    private readonly clock: BrokerClock,
    private readonly limit: RequestLimit,
  ) {
    this.leaders = new Leaders(cluster);
  }

  /** Asks the cluster who leads the partitions of the topics it has been asked for, and of this one. */
  async learn(topic: string): Promise<void> {
    if (this.#topics.has(topic)) return this.cluster.refreshMetadata();
    await this.cluster.connect();
    await this.cluster.addMultipleTargetTopics([topic]);
    this.#topics.add(topic);
  }

  /** Resolves with true when a topic can be written, and with false when `signal` aborts before. Never rejects. */
  async untilWritable(topic: string, signal: AbortSignal): Promise<boolean> {
    do await pause(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted && !(await this.#canWrite(topic)));
    return !signal.aborted;
  }

  /** Writes nothing: a broker looks at the topic and at rights first, and refuses a request without records then. */
  async #canWrite(topic: string): Promise<boolean> {
    const nothing = { topic, partition: 0, messages: [] };
    const learned = await this.learn(topic).then(() => true, () => false);
    const leader = this.leaders.leaderOf(topic, nothing.partition);
    if (!learned || leader instanceof Error) return false;
    const outcome = (await this.leaders.produceTo(leader, [nothing], ACKNOWLEDGED_BY_ALL)).get(nothing);
    return !(outcome instanceof Error) || isRefused(outcome);
  }

  /** The batches that can be sent now, by leader. A queue that goes alone has a request of its own. */
  requests(queues: readonly (readonly [PartitionQueue, number])[]): Map<number, Batches> {
    const requests = new Map<number, Batches>();
    const rooms = new Map<number, Room>();
    for (const [queue, leader] of queues) {
      if (this.#busy.has(leader)) continue;
      const batches = requests.get(leader) ?? new Map<PartitionQueue, Waiting[]>();
      const room = rooms.get(leader) ?? { records: MAX_RECORDS, bytes: this.limit.bytes };
      if (queue.travelsAlone && batches.size > 0) continue;
      const batch = queue.take(room, this.maxBytes);
      if (!batch.length) continue;
      if (queue.travelsAlone) room.records = 0;
      requests.set(leader, batches.set(queue, batch));
      rooms.set(leader, room);
    }
    return requests;
  }

  /** The result of each batch. Never rejects. */
  async write(leader: number, batches: Batches): Promise<[PartitionQueue, Waiting[], Outcome][]> {
    this.#busy.add(leader);
    const sentAt = Date.now();
    const parts = [...batches].map(([{ topic, partition }, batch]) => ({ topic, partition, messages: batch.map(({ message }) => message) }));
    const outcomes = [...(await this.leaders.produceTo(leader, parts, ACKNOWLEDGED_BY_ALL)).values()];
    this.#busy.delete(leader);
    let sent = 0;
    for (const batch of batches.values()) for (const { bytes } of batch) sent += bytes;
    if (outcomes.some(isDisconnected)) this.limit.closed(sent);
    else this.limit.answered(sent);
    for (const outcome of outcomes) if (!(outcome instanceof Error)) this.clock.heard(Number(outcome.logAppendTime), sentAt, Date.now());
    return [...batches].map(([queue, batch], i) => [queue, batch, outcomes[i] ?? new Error('no outcome')]);
  }
}
