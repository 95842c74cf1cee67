import kafkajs, { type Cluster, type Consumer } from 'kafkajs';
import { createConsumer, type KafkaSettings } from '../connection/kafka.js';
import type { FetchHook } from '../kafkajs/kafkajs-fetch.js';
import type { RangeHook } from '../kafkajs/kafkajs-out-of-range.js';
import type { MoveHook } from '../kafkajs/kafkajs-coordinator.js';
import type { JoinHook } from '../kafkajs/kafkajs-patches.js';

export const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_MS = 1_000;

/** A member of a group that shares its partitions in turn. `onCluster`: told kafkajs' own view of the cluster, which it keeps up to date. */
export const memberConsumer = (settings: KafkaSettings, groupId: string, hooks: JoinHook & FetchHook & RangeHook & MoveHook, onCluster: (cluster: Cluster) => void): Consumer =>
  createConsumer(settings, {
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    rebalanceTimeout: 2 * SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxBytesPerPartition: 262_144,
    partitionAssigners: [
      (config) => {
        onCluster(config.cluster);
        return Object.assign(kafkajs.PartitionAssigners.roundRobin(config), hooks);
      },
    ],
  });
