import { expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import type Cluster from 'kafkajs/src/cluster/index.js';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
import { withLeaderless } from './kafkajs-metadata.js';
import { privateOf } from './kafkajs-private.js';

const LEADER_NOT_AVAILABLE = 5;
const UNKNOWN_TOPIC_OR_PARTITION = 3;

/** A cluster of one broker that answers with these partitions of one topic. */
function clusterOf(answer: { topicErrorCode?: number; leaders: number[] }): Cluster {
  const kafka = new kafkajs.Kafka({ brokers: ['broker:1'], logLevel: kafkajs.logLevel.NOTHING, retry: { initialRetryTime: 1, maxRetryTime: 1, retries: 3 } });
  const cluster = privateOf(kafka, 'createCluster')({});
  const metadata = () => ({
    brokers: [],
    controllerId: 1,
    topicMetadata: [
      {
        topic: 'a',
        topicErrorCode: answer.topicErrorCode ?? 0,
        partitionMetadata: answer.leaders.map((leader, partitionId) => ({ partitionId, leader, partitionErrorCode: leader < 0 ? LEADER_NOT_AVAILABLE : 0, replicas: [], isr: [] })),
      },
    ],
  });
  const connection = { getSupportAuthenticationProtocol: () => true, authenticate: () => Promise.resolve() };
  let connected = false;
  const pool = {
    host: 'broker',
    port: 1,
    isConnected: () => connected,
    getConnection: () => {
      connected = true;
      return Promise.resolve(connection);
    },
    setVersions: () => undefined,
    send: ({ request, response }: { request: { apiKey: number }; response: { parse: (data: unknown) => unknown } }) =>
      Promise.resolve(request.apiKey === apiKeys.Metadata ? response.parse(metadata()) : { apiVersions: [{ apiKey: apiKeys.Metadata, minVersion: 0, maxVersion: 6 }] }),
  };
  Object.assign(cluster.connectionPoolBuilder, { build: () => Promise.resolve(pool) });
  return cluster;
}

it('knows the partitions that have a leader, and asks again for the others: one without stopped a group from reading any', async () => {
  const answer = { leaders: [1, -1] };
  await expect(clusterOf(answer).addMultipleTargetTopics(['a'])).rejects.toThrow(createErrorFromCode(LEADER_NOT_AVAILABLE).message);
  const cluster = withLeaderless(clusterOf(answer));
  await cluster.addMultipleTargetTopics(['a']);
  const leaders = () => cluster.brokerPool.metadata?.topicMetadata[0]?.partitionMetadata.map(({ leader }) => leader);
  expect(leaders()).toEqual([1, -1]);
  expect((cluster.brokerPool.metadataExpireAt ?? 0) - Date.now()).toBeGreaterThan(0);
  answer.leaders = [1, 2];
  cluster.brokerPool.metadataExpireAt = 0;
  await cluster.refreshMetadataIfNecessary();
  expect(leaders()).toEqual([1, 2]);
});

it('says still that a topic is not there', async () => {
  const cluster = withLeaderless(clusterOf({ topicErrorCode: UNKNOWN_TOPIC_OR_PARTITION, leaders: [] }));
  await expect(cluster.addMultipleTargetTopics(['a'])).rejects.toThrow('does not host this topic');
});
