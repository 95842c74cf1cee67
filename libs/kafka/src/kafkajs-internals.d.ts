declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    readonly pending: readonly unknown[];
    scheduleCheckPendingRequests: (this: RequestQueue) => void;
  }
}

declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net';

  export default class Connection {
    constructor(options: object);
    readonly socket: Socket | null;
    chunks: Buffer[];
    bytesBuffered: number;
    bytesNeeded: number;
    isConnected: () => boolean;
    connect: (this: Connection) => Promise<unknown>;
    disconnect: (this: Connection) => Promise<unknown>;
    send: (this: Connection, exchange: object) => Promise<unknown>;
    rejectRequests: (error: Error) => void;
  }
}

declare module 'kafkajs/src/consumer/consumerGroup.js' {
  /** A broker, as far as it is asked for a group's coordinator. */
  interface GroupBroker {
    findGroupCoordinator: (request: { groupId: string; coordinatorType: number }) => Promise<{ coordinator: { nodeId: number } }>;
  }

  export default class ConsumerGroup {
    readonly groupId: string;
    readonly cluster: {
      getNodeIds: () => readonly string[];
      findBroker: (place: { nodeId: number }) => Promise<GroupBroker>;
      refreshMetadata: () => Promise<void>;
      readonly brokerPool: { findBroker: (place: { nodeId: string }) => Promise<GroupBroker> };
    };
    coordinator: GroupBroker | null;
    /** null = has not joined yet. */
    readonly offsetManager: { coordinator: GroupBroker } | null;
    heartbeat: (this: ConsumerGroup, options: { interval: number }) => Promise<void>;
    recoverFromFetch: (this: ConsumerGroup, error: unknown) => Promise<void>;
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
    stop: (this: Runner) => Promise<void>;
  }
}

declare module 'kafkajs/src/protocol/encoder.js' {
  export default class Encoder {
    readonly buffer: Buffer;
  }
}
