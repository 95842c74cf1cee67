import kafkajs, { type Consumer, type ConsumerConfig, type Kafka } from 'kafkajs';
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { ClusterOptions, Metadata } from 'kafkajs/src/cluster/index.js';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
import { brokerError } from './broker-error.js';
import { mapAnswers, privateOf, withCluster } from './kafkajs-private.js';

const AGAIN_AFTER_MS = 250;

/** A partition without a leader makes an error of all metadata, for which a consumer asks again until every partition has one: it read nothing meanwhile. */
export function mendConsumers(): void {
  const { consumer } = kafkajs.Kafka.prototype as unknown as { consumer: (this: Kafka, config: ConsumerConfig) => Consumer };
  kafkajs.Kafka.prototype.consumer = function (this: Kafka, config: ConsumerConfig) {
    return consumer.call(withCluster(this, (options: ClusterOptions) => withLeaderless(privateOf(this, 'createCluster')(options))), config);
  };
}

/** Goes on with the partitions that have a leader, and soon asks again for the others. Names the topics that may not be read. */
export function withLeaderless(cluster: Cluster): Cluster {
  mapAnswers(cluster, apiKeys.Metadata, (parse) => (answer) => {
    const metadata = passable(answer as Metadata);
    const failed = metadata.topicMetadata.filter(({ topicErrorCode }) => topicErrorCode !== 0);
    return naming(() => parse(metadata), failed.map(({ topic }) => topic));
  });
  mapAnswers(cluster, apiKeys.Fetch, (parse) => (answer) => {
    const failed = (answer as Fetched).responses.filter(({ partitions }) => partitions.some(({ errorCode }) => errorCode !== 0));
    return failed.length === 0 ? parse(answer) : naming(() => parse(answer), failed.map(({ topicName }) => topicName));
  });
  const { brokerPool } = cluster;
  const refresh = brokerPool.refreshMetadata.bind(brokerPool);
  brokerPool.refreshMetadata = async (topics) => {
    await refresh(topics);
    const isIncomplete = brokerPool.metadata?.topicMetadata.some(({ partitionMetadata }) => partitionMetadata.some(({ leader }) => leader < 0));
    if (isIncomplete) brokerPool.metadataExpireAt = Date.now() + AGAIN_AFTER_MS;
  };
  return cluster;
}

interface Fetched {
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly { readonly errorCode: number }[] }[];
}

/** kafkajs does not say which topics may not be read, and such an error ends the process. */
async function naming(parse: () => unknown, topics: readonly string[]): Promise<unknown> {
  try {
    return await parse();
  } catch (error) {
    if (error instanceof Error && brokerError(error) === 'TOPIC_AUTHORIZATION_FAILED') error.message += `: ${topics.join(', ')}`;
    throw error;
  }
}

/** With a leader of -1, or none of the errors that such a partition has. */
const passable = (metadata: Metadata): Metadata => ({
  ...metadata,
  topicMetadata: metadata.topicMetadata.map((topic) => ({ ...topic, partitionMetadata: topic.partitionMetadata.map((one) => ({ ...one, partitionErrorCode: 0 })) })),
});
