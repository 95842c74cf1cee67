import type Cluster from 'kafkajs/src/cluster/index.js';
import type { BrokerClock } from './broker-clock.js';
import { Leaders, type Outcome } from './leaders.js';
import type { PartitionQueue, Room, Waiting } from './partition-queue.js';

/** The limits of one request, over all its partitions: what is written in a few milliseconds. With less, a cluster that takes half a second to acknowledge would get too few records a second. */
const MAX_RECORDS = 2_000;
const MAX_REQUEST_BYTES = 4 * 1_024 * 1_024;
const ACKNOWLEDGED_BY_ALL = { acks: -1, timeout: 10_000 };

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

  /** The batches that can be sent now, by leader. A queue that goes alone has a request of its own. */
  requests(queues: readonly (readonly [PartitionQueue, number])[]): Map<number, Batches> {
    const requests = new Map<number, Batches>();
    const rooms = new Map<number, Room>();
    for (const [queue, leader] of queues) {
      if (this.#busy.has(leader)) continue;
      const batches = requests.get(leader) ?? new Map<PartitionQueue, Waiting[]>();
      const room = rooms.get(leader) ?? { records: MAX_RECORDS, bytes: MAX_REQUEST_BYTES };
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
    for (const outcome of outcomes) if (!(outcome instanceof Error)) this.clock.heard(Number(outcome.logAppendTime), sentAt, Date.now());
    return [...batches].map(([queue, batch], i) => [queue, batch, outcomes[i] ?? new Error('no outcome')]);
  }
}
