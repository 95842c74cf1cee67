declare module 'kafkajs/src/consumer/consumerGroup.js' {
  import type { ConnectedBrokers } from 'kafkajs/src/cluster/index.js';
  import type Cluster from 'kafkajs/src/cluster/index.js';

  /** A broker, as far as it is asked for a group's coordinator. */
  interface GroupBroker {
    findGroupCoordinator: (request: { groupId: string; coordinatorType: number }) => Promise<{ coordinator: { nodeId: number } }>;
  }

  interface OffsetManager {
    coordinator: GroupBroker;
    /** The offset to fetch next. */
    nextOffset: (topic: string, partition: number) => { toString: () => string };
    /** `offset`: the last one that was read. */
    resolveOffset: (place: { topic: string; partition: number; offset: string }) => void;
  }

  export default class ConsumerGroup {
    constructor(parts: { readonly logger: unknown; readonly instrumentationEmitter: unknown });
    readonly groupId: string;
    readonly cluster: {
      getNodeIds: () => readonly string[];
      findBroker: (place: { nodeId: number }) => Promise<GroupBroker>;
      refreshMetadata: () => Promise<void>;
      findTopicPartitionMetadata: (topic: string) => readonly unknown[];
      fetchTopicsOffset: Cluster['fetchTopicsOffset'];
      readonly brokerPool: {
        findBroker: (place: { nodeId: string }) => Promise<GroupBroker>;
        readonly brokers: ConnectedBrokers;
      };
    };
    /** As it was when the group was joined; null = it has not been joined yet. */
    readonly partitionsPerSubscribedTopic: ReadonlyMap<string, readonly number[]> | null;
    checkForStaleAssignment: (this: ConsumerGroup) => void;
    coordinator: GroupBroker | null;
    /** Made anew each time the group is joined; null = has not joined yet. */
    readonly offsetManager: OffsetManager | null;
    lastRequest: number;
    heartbeat: (this: ConsumerGroup, options: { interval: number }) => Promise<void>;
    recoverFromFetch: (this: ConsumerGroup, error: unknown) => Promise<void>;
    recoverFromOffsetOutOfRange: (this: ConsumerGroup, place: { readonly topic: string; readonly partition: number }) => Promise<void>;
    readonly assigners: readonly {
      beforeJoin?: () => Promise<void>;
      beforeFetch?: () => { maxWaitTime: number; minBytes: number };
      onMoved?: () => void;
      onOutOfRange?: (place: { readonly topic: string; readonly partition: number }, first: number) => Promise<unknown>;
    }[];
    /** Ours. */
    knownNodeIds?: readonly string[];
    joinAndSync: (this: ConsumerGroup) => Promise<void>;
    getNodeIds: (this: ConsumerGroup) => readonly string[];
    commitOffsets: (this: ConsumerGroup, offsets: unknown) => Promise<void>;
    fetch: (this: ConsumerGroup, nodeId: string) => Promise<{ readonly rawMessages: readonly unknown[]; isCurrent?: () => boolean }[]>;
  }
}

declare module 'kafkajs/src/consumer/runner.js' {
  import type ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

  export default class Runner {
    readonly running: boolean;
    readonly consumerGroup: ConsumerGroup;
    readonly heartbeatInterval: number;
    heartbeat: (this: Runner) => Promise<void>;
    fetch: (this: Runner, nodeId: string) => Promise<unknown[]>;
    commitOffsets: (this: Runner, offsets: unknown) => Promise<void>;
    stop: (this: Runner) => Promise<void>;
    handleBatch: (this: Runner, batch: { isCurrent?: () => boolean }) => Promise<void>;
  }
}

declare module 'kafkajs/src/broker/index.js' {
  import type { DescribeConfigResponse } from 'kafkajs';

  export interface AlterConfigs {
    readonly resources: readonly { type: number; name: string; configEntries: readonly { name: string; value: string }[] }[];
    readonly validateOnly?: boolean;
  }

  export default class Broker {
    /** By API key. */
    readonly versions: Readonly<Record<number, { readonly maxVersion: number } | undefined>>;
    readonly connectionPool: { send: (exchange: object) => Promise<unknown> };
    alterConfigs: (this: Broker, changes: AlterConfigs) => Promise<unknown>;
    describeConfigs: (this: Broker, request: { resources: readonly { type: number; name: string }[] }) => Promise<DescribeConfigResponse>;
  }
}

declare module 'kafkajs/src/cluster/index.js' {
  import type { Message, PartitionMetadata } from 'kafkajs';
  import type Connection from 'kafkajs/src/network/connection.js';

  export interface ClusterOptions {
    readonly metadataMaxAge?: number;
    readonly allowAutoTopicCreation?: boolean;
    readonly maxInFlightRequests?: number | null;
  }

  export interface ProduceRequest {
    readonly acks: number;
    readonly timeout?: number;
    readonly compression?: number;
    readonly transactionalId?: string;
    readonly producerId?: string | number;
    readonly producerEpoch?: number;
  }

  export type TopicData = { topic: string; partitions: { partition: number; messages: readonly Message[]; firstSequence?: number }[] }[];

  export interface Metadata {
    readonly topicMetadata: { topic: string; topicErrorCode: number; partitionMetadata: PartitionMetadata[] }[];
  }

  export interface PartitionAnswer {
    readonly partition: number;
    readonly errorCode: number;
    readonly baseOffset?: string;
    readonly logAppendTime?: string;
  }

  export interface ProduceResponse {
    readonly topics: { topicName: string; partitions: PartitionAnswer[] }[];
  }

  export interface Broker {
    readonly nodeId: number;
    /** Answers nothing where acks is 0. */
    produce: (request: ProduceRequest & { topicData: TopicData }) => Promise<ProduceResponse | undefined>;
    listOffsets: (request: { topics: readonly { topic: string; partitions: readonly { partition: number; timestamp: number }[] }[] }) => Promise<{
      readonly responses: readonly { readonly topic: string; readonly partitions: readonly OffsetAnswer[] }[];
    }>;
    fetch: (request: FetchRequest) => Promise<{ readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly FetchedMessage[] }[] }[] }>;
  }

  /** As fetched-batches.ts makes them. */
  interface FetchedMessage {
    readonly offset: string;
    readonly timestamp: string;
    readonly value?: Buffer | null;
    readonly isControlRecord?: boolean;
  }

  export interface FetchRequest {
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly topics: readonly { topic: string; partitions: readonly { partition: number; fetchOffset: string; maxBytes: number }[] }[];
  }

  export interface OffsetAnswer {
    readonly partition: number;
    readonly errorCode: number;
    readonly offset: string;
  }

  /** A broker that coordinates a group. */
  export interface Coordinator {
    describeGroups: (request: { groupIds: readonly string[] }) => Promise<{ groups: readonly { members: readonly unknown[] }[] }>;
    offsetFetch: (request: { groupId: string; topics: readonly { topic: string; partitions: readonly { partition: number }[] }[] }) => Promise<{
      readonly responses: readonly { readonly topic: string; readonly partitions: readonly { readonly partition: number; readonly offset: string; readonly metadata: string | null }[] }[];
    }>;
  }

  export interface TopicOffsets {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
  }

  export type OffsetsAsked = { topic: string; partitions: readonly { partition: number }[] } & ({ fromTimestamp: number } | { fromBeginning: boolean });

  interface Exchange {
    readonly request: { apiKey: number };
    readonly response: { decode: (raw: Buffer) => unknown; parse: (decoded: unknown) => unknown };
  }

  /** By node id. */
  export type ConnectedBrokers = Readonly<Record<string, { readonly connectionPool: { readonly pool: readonly Connection[] } } | undefined>>;

  export default class Cluster {
    readonly brokerPool: {
      readonly brokers: ConnectedBrokers;
      readonly metadata: Metadata | null;
      metadataExpireAt: number | null;
      refreshMetadata: (topics: readonly string[]) => Promise<void>;
    };
    readonly connectionPoolBuilder: { build: (address?: { host: string; port: number }) => Promise<{ send: (exchange: Exchange) => Promise<unknown> }> };
    connect: () => Promise<void>;
    disconnect: () => Promise<void>;
    addMultipleTargetTopics: (topics: readonly string[]) => Promise<void>;
    refreshMetadata: () => Promise<void>;
    refreshMetadataIfNecessary: () => Promise<void>;
    findBroker: (options: { nodeId: number | string }) => Promise<Broker>;
    findGroupCoordinator: (options: { groupId: string }) => Promise<Coordinator>;
    fetchTopicsOffset: (topics: readonly OffsetsAsked[]) => Promise<TopicOffsets[]>;
    findLeaderForPartitions: (topic: string, partitions: readonly (number | string)[]) => Record<string, number[]>;
    removeBroker: (address: { host: string; port: number }) => void;
  }
}

declare module 'kafkajs/src/retry/index.js' {
  /** Calls again what rejects, until it resolves, bails out, rejects with what is not retriable, or has been called often enough. */
  type Retrier = <T>(call: (bail: (error: Error) => void, count: number) => Promise<T>) => Promise<T>;
  const createRetry: (options: object) => Retrier;
  export default createRetry;
}

declare module 'kafkajs/src/broker/saslAuthenticator/*.js' {
  interface Login {
    readonly saslAuthenticate: (exchange: unknown) => Promise<unknown>;
  }
  /** `sasl` is read at each login. */
  export default function provider(sasl: object): (login: Login) => { authenticate(): Promise<void> };
}
