declare module 'kafkajs/src/network/requestQueue/index.js' {
  import type SocketRequest from 'kafkajs/src/network/requestQueue/socketRequest.js';

  export default class RequestQueue {
    constructor(parts: object);
    readonly pending: SocketRequest[];
    readonly inflight: ReadonlyMap<number, SocketRequest>;
    readonly enforceRequestTimeout: boolean;
    readonly requestTimeout: number;
    /** Null or absent: any number. */
    readonly maxInFlightRequests?: number | null;
    readonly isConnected: () => boolean;
    /** Ours: by the monotonic clock. */
    throttledUntil: number;
    /** Ours: when the connection last received something, by the monotonic clock. */
    heardAt?: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    /** Ours: of one timeout. */
    requestTimeoutIntervalId: NodeJS.Timeout | undefined;
    sendSocketRequest: (this: RequestQueue, request: SocketRequest) => void;
    push: (this: RequestQueue, request: object) => void;
    destroy: (this: RequestQueue) => void;
    checkPendingRequests: (this: RequestQueue) => void;
    scheduleRequestTimeoutCheck: (this: RequestQueue) => void;
    maybeThrottle: (this: RequestQueue, pauseMs: number | null) => void;
    canSendSocketRequestImmediately: (this: RequestQueue) => boolean;
    scheduleCheckPendingRequests: (this: RequestQueue) => void;
  }
}

declare module 'kafkajs/src/network/requestQueue/socketRequest.js' {
  export default class SocketRequest {
    readonly requestTimeout: number;
    /** Ours. */
    sentAtMonotonic: number;
    send: (this: SocketRequest) => void;
    timeoutRequest: (this: SocketRequest) => void;
    rejected: (this: SocketRequest, error: Error) => void;
  }
}

declare module 'kafkajs/src/cluster/brokerPool.js' {
  export default class BrokerPool {
    readonly metadataMaxAge: number;
    /** Epoch milliseconds; null = at once. */
    metadataExpireAt: number | null;
    refreshMetadata: (this: BrokerPool, topics: readonly string[]) => Promise<void>;
    refreshMetadataIfNecessary: (this: BrokerPool, topics: readonly string[]) => Promise<void>;
    /** The first broker's answer; null = all have failed. */
    withBroker: <T>(this: BrokerPool, ask: (one: unknown) => Promise<T>) => Promise<T | null>;
  }
}

declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net';
  import type RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

  interface Exchange {
    readonly request: { readonly apiKey: number; readonly apiVersion: number; readonly apiName: string; readonly encode: () => Promise<unknown> };
    readonly response: { readonly decode: (answer: unknown) => Promise<{ clientSideThrottleTime?: number }>; readonly parse: (decoded: unknown) => Promise<unknown> };
  }

  export default class Connection {
    constructor(options: object);
    readonly socket: Socket | null;
    readonly requestQueue: RequestQueue;
    chunks: Buffer[];
    bytesBuffered: number;
    bytesNeeded: number;
    /** Milliseconds; 0 = it does not end. */
    readonly sessionLifetime: { toString: () => string };
    /** Milliseconds. */
    reauthenticationThreshold: number;
    isConnected: () => boolean;
    isAuthenticated: (this: Connection) => boolean;
    connect: (this: Connection) => Promise<unknown>;
    disconnect: (this: Connection) => Promise<unknown>;
    send: (this: Connection, exchange: Exchange) => Promise<unknown>;
    processData: (this: Connection, data: Buffer) => void;
    rejectRequests: (error: Error) => void;
  }
}
