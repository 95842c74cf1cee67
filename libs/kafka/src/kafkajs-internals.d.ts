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
    /** Made anew each time the group is joined. */
    readonly offsetManager: object | null;
    joinAndSync: (this: ConsumerGroup) => Promise<void>;
    getNodeIds: (this: ConsumerGroup) => readonly string[];
    commitOffsets: (this: ConsumerGroup, offsets: unknown) => Promise<void>;
    fetch: (this: ConsumerGroup, nodeId: string) => Promise<{ isCurrent?: () => boolean }[]>;
  }
}

declare module 'kafkajs/src/consumer/runner.js' {
  import type ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

  export default class Runner {
    readonly running: boolean;
    readonly consumerGroup: ConsumerGroup;
    commitOffsets: (this: Runner, offsets: unknown) => Promise<void>;
    handleBatch: (this: Runner, batch: { isCurrent?: () => boolean }) => Promise<void>;
  }
}

declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    constructor(bytes: Buffer);
    readInt16: () => number;
    readInt32: () => number;
    readInt64: () => bigint;
    readString: () => string | null;
    readBytes: () => Buffer | null;
    readArray: <T>(read: () => T) => T[];
    readArrayAsync: <T>(read: () => Promise<T>) => Promise<T[]>;
  }
}

declare module 'kafkajs/src/protocol/messageSet/decoder.js' {
  import type Decoder from 'kafkajs/src/protocol/decoder.js';

  export default function decodeMessageSet(decoder: Decoder, size: number): Promise<unknown[]>;
}

declare module 'kafkajs/src/protocol/requests/fetch/*/response.js' {
  const response: { decode: (raw: Buffer) => Promise<unknown> };
  export default response;
}
