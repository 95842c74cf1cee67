import type Cluster from 'kafkajs/src/cluster/index.js';
import type { Metadata } from 'kafkajs/src/cluster/index.js';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
import { brokerError } from '../connection/broker-error.js';
import { faultsOf } from '../connection/kafka-faults.js';
import { mapAnswers } from './kafkajs-private.js';

const UNKNOWN_TOPIC_OR_PARTITION = 3;
const TOPIC_AUTHORIZATION_FAILED = 29;
/** How soon to ask again for a topic that cannot be read. */
const AGAIN_AFTER_MS = 5_000;

/**
 * A topic that does not exist, or may not be read, makes an error of all that a consumer asks for, and ends the process. Here it is a topic without partitions until it can be read: others
 * are read on. `checkForStaleAssignment` joins the group again when that changes.
 */
export function withoutUnreadable(cluster: Cluster): Cluster {
  const faults = faultsOf(cluster);
  /** Topics whose records a broker has refused; it may still describe them. */
  const denied = new Map<string, Metadata['topicMetadata'][number]>();
  /** How often each topic's records were refused. */
  const refusals = new Map<string, number>();
  const { brokerPool } = cluster;

  mapAnswers(cluster, apiKeys.Metadata, (parse) => (answer) => {
    const metadata = answer as Metadata;
    return parse({ ...metadata, topicMetadata: metadata.topicMetadata.map((topic) => (isUnreadable(topic) ? { ...topic, topicErrorCode: 0, partitionMetadata: [] } : topic)) });
  });
  mapAnswers(cluster, apiKeys.Fetch, (parse) => (answer) => {
    const fetched = answer as Fetched;
    const refused = fetched.responses.filter(({ partitions }) => partitions.some(isDenied)).map(({ topicName }) => topicName);
    if (refused.length === 0) return parse(answer);
    for (const name of refused) {
      refusals.set(name, (refusals.get(name) ?? 0) + 1);
      const topic = brokerPool.metadata?.topicMetadata.find((one) => one.topic === name);
      if (topic?.partitionMetadata.length && !denied.has(name)) denied.set(name, topic);
    }
    brokerPool.metadataExpireAt = 0;
    return parse({ ...fetched, responses: fetched.responses.map((one) => ({ ...one, partitions: one.partitions.filter((partition) => !isDenied(partition)) })) });
  });
  const refresh = brokerPool.refreshMetadata.bind(brokerPool);
  brokerPool.refreshMetadata = async (topics) => {
    await refresh(topics);
    if (!faults.hasAny('read')) return;
    brokerPool.metadataExpireAt = Math.min(brokerPool.metadataExpireAt ?? Infinity, Date.now() + AGAIN_AFTER_MS);
    for (const [name, topic] of denied) void tryToRead(name, topic);
  };
  const disconnect = cluster.disconnect.bind(cluster);
  cluster.disconnect = async () => {
    await disconnect();
    faults.clear();
  };
  return cluster;

  function isUnreadable(topic: Metadata['topicMetadata'][number]): boolean {
    const { topic: name, topicErrorCode } = topic;
    if (topicErrorCode !== 0) denied.delete(name);
    else if (denied.has(name)) denied.set(name, topic);
    if (topicErrorCode === TOPIC_AUTHORIZATION_FAILED || denied.has(name)) return faults.meet('read', name, 'denied');
    if (topicErrorCode === UNKNOWN_TOPIC_OR_PARTITION) return faults.meet('read', name, 'missing');
    faults.end('read', name);
    return false;
  }

  /** Asks for records, since a description does not tell whether they may be read. A refusal is noted where the answer is. */
  async function tryToRead(name: string, { partitionMetadata }: Metadata['topicMetadata'][number]): Promise<void> {
    const [one] = partitionMetadata;
    if (!one) return;
    const before = refusals.get(name);
    try {
      const broker = await cluster.findBroker({ nodeId: one.leader });
      await broker.fetch({ maxWaitTime: 0, minBytes: 0, maxBytes: 1, topics: [{ topic: name, partitions: [{ partition: one.partitionId, fetchOffset: '0', maxBytes: 1 }] }] });
    } catch (error) {
      // A broker answers that the offset is out of range only to those who may read.
      if (brokerError(error) === null) return;
    }
    if (refusals.get(name) === before && denied.delete(name)) brokerPool.metadataExpireAt = 0;
  }
}

interface Fetched {
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly { readonly errorCode: number }[] }[];
}

const isDenied = ({ errorCode }: { readonly errorCode: number }): boolean => errorCode === TOPIC_AUTHORIZATION_FAILED;

/** kafkajs joins its group again when a topic has got partitions. With this, it does so too when a topic has none any more. */
export function mendAssignments(): void {
  const { checkForStaleAssignment } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.checkForStaleAssignment = function (this: ConsumerGroup) {
    checkForStaleAssignment.call(this);
    const gone = [...(this.partitionsPerSubscribedTopic ?? [])].find(([topic, partitions]) => partitions.length > 0 && this.cluster.findTopicPartitionMetadata(topic).length === 0);
    if (gone) throw new StaleAssignment(gone[0]);
  };
}

/** By this name kafkajs knows that the group has to be joined again. */
class StaleAssignment extends Error {
  override readonly name = 'KafkaJSStaleTopicMetadataAssignment';
  readonly unknownPartitions: readonly number[] = [];

  constructor(readonly topic: string) {
    super(`${topic} cannot be read`);
  }
}
