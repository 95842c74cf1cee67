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
