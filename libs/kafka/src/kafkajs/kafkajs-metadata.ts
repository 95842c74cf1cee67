import kafkajs, { type Consumer, type ConsumerConfig, type Kafka } from 'kafkajs';
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { ClusterOptions, Metadata } from 'kafkajs/src/cluster/index.js';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
import { mapAnswers, privateOf, withCluster } from './kafkajs-private.js';
import { withoutUnreadable } from './kafkajs-unreadable.js';

const AGAIN_AFTER_MS = 250;

/** One partition without a leader, or one topic that cannot be read, makes an error of all metadata, and a consumer reads nothing meanwhile, or ends. */
export function mendConsumers(): void {
  const { consumer } = kafkajs.Kafka.prototype as unknown as { consumer: (this: Kafka, config: ConsumerConfig) => Consumer };
  kafkajs.Kafka.prototype.consumer = function (this: Kafka, config: ConsumerConfig) {
    return consumer.call(withCluster(this, (options: ClusterOptions) => withLeaderless(withoutUnreadable(privateOf(this, 'createCluster')(options)))), config);
  };
}

/** Goes on with the partitions that have a leader, and soon asks again for the others. */
export function withLeaderless(cluster: Cluster): Cluster {
  mapAnswers(cluster, apiKeys.Metadata, (parse) => (answer) => parse(passable(answer as Metadata)));
  const { brokerPool } = cluster;
  const refresh = brokerPool.refreshMetadata.bind(brokerPool);
  brokerPool.refreshMetadata = async (topics) => {
    await refresh(topics);
    const isIncomplete = brokerPool.metadata?.topicMetadata.some(({ partitionMetadata }) => partitionMetadata.some(({ leader }) => leader < 0));
    if (isIncomplete) brokerPool.metadataExpireAt = Date.now() + AGAIN_AFTER_MS;
  };
  return cluster;
}

/** With a leader of -1, or none of the errors that such a partition has. */
const passable = (metadata: Metadata): Metadata => ({
  ...metadata,
  topicMetadata: metadata.topicMetadata.map((topic) => ({ ...topic, partitionMetadata: topic.partitionMetadata.map((one) => ({ ...one, partitionErrorCode: 0 })) })),
});
