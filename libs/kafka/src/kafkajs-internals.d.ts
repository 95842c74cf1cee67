declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    readonly pending: readonly unknown[];
    scheduleCheckPendingRequests: (this: RequestQueue) => void;
  }
}

declare module 'kafkajs/src/consumer/consumerGroup.js' {
  export default class ConsumerGroup {
    readonly assigners: readonly { beforeJoin?: () => Promise<void> }[];
    /** Ours. */
    knownNodeIds?: readonly string[];
    joinAndSync: (this: ConsumerGroup) => Promise<void>;
    getNodeIds: (this: ConsumerGroup) => readonly string[];
    commitOffsets: (this: ConsumerGroup, offsets: unknown) => Promise<void>;
  }
}

declare module 'kafkajs/src/consumer/runner.js' {
  import type ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

  export default class Runner {
    readonly running: boolean;
    readonly consumerGroup: ConsumerGroup;
    commitOffsets: (this: Runner, offsets: unknown) => Promise<void>;
  }
}

declare module 'kafkajs/src/cluster/index.js' {
  import type { Message, PartitionMetadata } from 'kafkajs';

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

  export interface PartitionAnswer {
    readonly partition: number;
    readonly errorCode: number;
    readonly baseOffset?: string;
  }

  export interface ProduceResponse {
    readonly topics: { topicName: string; partitions: PartitionAnswer[] }[];
  }

  export interface Broker {
    readonly nodeId: number;
    /** Answers nothing where acks is 0. */
    produce: (request: ProduceRequest & { topicData: TopicData }) => Promise<ProduceResponse | undefined>;
  }

  interface Exchange {
    readonly request: { apiKey: number };
    readonly response: { decode: (raw: Buffer) => unknown; parse: (decoded: unknown) => unknown };
  }

  export default class Cluster {
    readonly brokerPool: {
      readonly metadata: {
        readonly topicMetadata: { topic: string; topicErrorCode: number; partitionMetadata: PartitionMetadata[] }[];
      } | null;
    };
    readonly connectionPoolBuilder: { build: (address?: { host: string; port: number }) => Promise<{ send: (exchange: Exchange) => Promise<unknown> }> };
    connect: () => Promise<void>;
    disconnect: () => Promise<void>;
    addMultipleTargetTopics: (topics: readonly string[]) => Promise<void>;
    refreshMetadata: () => Promise<void>;
    refreshMetadataIfNecessary: () => Promise<void>;
    findBroker: (options: { nodeId: number | string }) => Promise<Broker>;
    findLeaderForPartitions: (topic: string, partitions: readonly (number | string)[]) => Record<string, number[]>;
    removeBroker: (address: { host: string; port: number }) => void;
  }
}

declare module 'kafkajs/src/protocol/error.js' {
  import type { KafkaJSProtocolError } from 'kafkajs';

  const protocol: { createErrorFromCode: (code: number) => KafkaJSProtocolError };
  export default protocol;
  export const createErrorFromCode: (code: number) => KafkaJSProtocolError;
}

declare module 'kafkajs/src/protocol/requests/apiKeys.js' {
  const apiKeys: { readonly Produce: number; readonly Metadata: number };
  export default apiKeys;
}

declare module 'kafkajs/src/retry/index.js' {
  /** Calls again what rejects, until it resolves, bails out, rejects with what is not retriable, or has been called often enough. */
  type Retrier = <T>(call: (bail: (error: Error) => void, count: number) => Promise<T>) => Promise<T>;
  const createRetry: (options: object) => Retrier;
  export default createRetry;
}
