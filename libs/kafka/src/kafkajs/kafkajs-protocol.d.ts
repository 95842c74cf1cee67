declare module 'kafkajs/src/protocol/encoder.js' {
  export default class Encoder {
    constructor(bytes?: number);
    readonly buffer: Buffer;
    writeInt16: (value: number) => this;
    writeInt32: (value: number) => this;
    writeBuffer: (bytes: Buffer) => this;
    writeInt8: (value: number) => this;
    writeString: (value: string | null) => this;
    writeDouble: (value: number) => this;
    writeBoolean: (value: boolean) => this;
    writeArray: (items: readonly Encoder[]) => this;
  }
}

declare module 'kafkajs/src/protocol/requests/alterConfigs/v0/response.js' {
  const response: object;
  export default response;
}

declare module 'kafkajs/src/protocol/error.js' {
  import type { KafkaJSProtocolError } from 'kafkajs';

  const protocol: { createErrorFromCode: (code: number) => KafkaJSProtocolError };
  export default protocol;
  export const createErrorFromCode: (code: number) => KafkaJSProtocolError;
}

declare module 'kafkajs/src/protocol/requests/apiKeys.js' {
  const apiKeys: { readonly Produce: number; readonly Fetch: number; readonly ListOffsets: number; readonly Metadata: number; readonly IncrementalAlterConfigs: number };
  export default apiKeys;
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

declare module 'kafkajs/src/protocol/requests/produce/index.js' {
  import type { ProduceRequest, TopicData } from 'kafkajs/src/cluster/index.js';

  type Versions = (request: ProduceRequest & { readonly topicData: TopicData }) => { request: { encode: () => Promise<unknown> }; response: object };
  const produce: { readonly versions: readonly string[]; protocol: (version: { version: number }) => Versions };
  export default produce;
}
