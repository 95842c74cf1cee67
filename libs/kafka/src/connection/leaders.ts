import type { Message, PartitionMetadata } from 'kafkajs';
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { PartitionAnswer, ProduceRequest } from 'kafkajs/src/cluster/index.js';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import { isClosed } from './broker-error.js';

/** Records of one partition, written together or not at all. */
export interface Part {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly Message[];
  /** The sequence number of an idempotent producer: it stays the same however often the part is sent. */
  readonly firstSequence?: number;
}

/** A leader's answer about a part. With an error the part is not acknowledged, and may still have been written. */
export type Outcome = PartitionAnswer | Error;

/**
 * Writes to the leaders of partitions, and reports the result of each part separately. An answer of one broker says nothing about a part that another
 * broker leads, nor about the same part a moment later, when its leader has changed.
 */
export class Leaders {
  #topics = new Map<string, { error: Error | null; partitions: PartitionMetadata[]; leaders: Map<number, number> }>();
  #metadata: Cluster['brokerPool']['metadata'] = null;

  constructor(private readonly cluster: Cluster) {}

  /** The partitions as far as they are known. An error: the cluster's answer when it was last asked. */
  partitionsOf(topic: string): PartitionMetadata[] | Error {
    const found = this.#known().get(topic);
    return found ? (found.error ?? found.partitions) : UNKNOWN_TOPIC_OR_PARTITION;
  }

  /** The id of the broker that leads a partition, as far as it is known. */
  leaderOf(topic: string, partition: number): number | Error {
    const found = this.#known().get(topic);
    const leader = found?.leaders.get(partition);
    if (leader === undefined) return found?.error ?? UNKNOWN_TOPIC_OR_PARTITION;
    return leader < 0 ? LEADER_NOT_AVAILABLE : leader;
  }

  /** Sends one produce request to each leader, all at once. Never rejects. */
  async produce(parts: readonly Part[], request: ProduceRequest): Promise<Map<Part, Outcome>> {
    const outcomes = new Map<Part, Outcome>();
    const led = new Map<number, Part[]>();
    for (const part of parts) {
      const leader = this.leaderOf(part.topic, part.partition);
      if (leader instanceof Error) outcomes.set(part, leader);
      else led.set(leader, [...(led.get(leader) ?? []), part]);
    }
    const answers = await Promise.all([...led].map(([leader, parts]) => this.produceTo(leader, parts, request)));
    for (const answer of answers) for (const [part, outcome] of answer) outcomes.set(part, outcome);
    return outcomes;
  }

  /** Sends one produce request to one broker. Never rejects. */
  async produceTo(leader: number, parts: readonly Part[], request: ProduceRequest): Promise<Map<Part, Outcome>> {
    try {
      const broker = await this.cluster.findBroker({ nodeId: leader });
      const response = await broker.produce({ ...request, topicData: byTopic(parts) });
      if (request.acks === 0) return new Map(parts.map((part) => [part, { partition: part.partition, errorCode: 0 }]));
      const answers = new Map(response?.topics.flatMap(({ topicName, partitions }) => partitions.map((answer) => [`${topicName} ${answer.partition}`, answer])));
      return new Map(parts.map((part) => [part, outcomeOf(answers.get(`${part.topic} ${part.partition}`))]));
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (isClosed(error)) this.cluster.removeBroker(error as never);
      return new Map(parts.map((part) => [part, error]));
    }
  }

  #known() {
    const { metadata } = this.cluster.brokerPool;
    if (metadata !== this.#metadata) {
      this.#metadata = metadata;
      this.#topics = new Map(
        metadata?.topicMetadata.map(({ topic, topicErrorCode, partitionMetadata }) => [
          topic,
          {
            error: topicErrorCode === 0 ? null : createErrorFromCode(topicErrorCode),
            partitions: partitionMetadata,
            leaders: new Map(partitionMetadata.map(({ partitionId, leader }) => [partitionId, leader])),
          },
        ]),
      );
    }
    return this.#topics;
  }
}

/** Created once: they are the result of each record that comes meanwhile, and creating an error captures a stack. */
const UNKNOWN_TOPIC_OR_PARTITION = createErrorFromCode(3);
const LEADER_NOT_AVAILABLE = createErrorFromCode(5);
const UNKNOWN_SERVER_ERROR = -1;

const isAcknowledged = (answer: PartitionAnswer): boolean => answer.errorCode === 0;

function outcomeOf(answer: PartitionAnswer | undefined): Outcome {
  if (!answer) return createErrorFromCode(UNKNOWN_SERVER_ERROR);
  return isAcknowledged(answer) ? answer : createErrorFromCode(answer.errorCode);
}

function byTopic(parts: readonly Part[]): { topic: string; partitions: Part[] }[] {
  const topics = new Map<string, Part[]>();
  for (const part of parts) {
    const partitions = topics.get(part.topic);
    if (partitions) partitions.push(part);
    else topics.set(part.topic, [part]);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
