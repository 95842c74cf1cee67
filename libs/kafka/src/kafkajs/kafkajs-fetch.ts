import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import Runner from 'kafkajs/src/consumer/runner.js';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import decodeMessageSet from 'kafkajs/src/protocol/messageSet/decoder.js';
import v4 from 'kafkajs/src/protocol/requests/fetch/v4/response.js';
import v5 from 'kafkajs/src/protocol/requests/fetch/v5/response.js';
import v6 from 'kafkajs/src/protocol/requests/fetch/v6/response.js';
import v7 from 'kafkajs/src/protocol/requests/fetch/v7/response.js';
import v8 from 'kafkajs/src/protocol/requests/fetch/v8/response.js';
import v9 from 'kafkajs/src/protocol/requests/fetch/v9/response.js';
import v10 from 'kafkajs/src/protocol/requests/fetch/v10/response.js';
import v11 from 'kafkajs/src/protocol/requests/fetch/v11/response.js';
import { readBatches, type Aborted } from '../consuming/fetched-batches.js';
import { Slices } from '../consuming/slices.js';

/**
 * How kafkajs 2.2.4 fetches, mended (docs/adr/0018). Importing this file applies it.
 *
 * 1. It decodes all that a fetch brought at once, and a batch it cannot decode ends the consumer, and the next one that gets the partition. It does not look at
 *    checksums; takes one aborted transaction a record out of its list, and the key 0 for an abort's marker, so that what was aborted is handed over; and where the
 *    end of a batch was compacted away it asks for each offset there.
 */
const responses = [v4, v5, v6, v7, v8, v9, v10, v11];
for (const [n, response] of responses.entries()) response.decode = (raw) => decode(new Decoder(raw), 4 + n);

/** Fetch Response => throttle_time_ms [error_code session_id: from 7] [topic [partition]] (Kafka protocol, "Fetch API"). */
async function decode(answer: Decoder, version: number) {
  const throttleTime = answer.readInt32();
  const slices = new Slices();
  const session = version < 7 ? {} : { errorCode: answer.readInt16(), sessionId: answer.readInt32() };
  const responses = await answer.readArrayAsync(async () => ({ topicName: answer.readString(), partitions: await answer.readArrayAsync(() => decodePartition(answer, version, slices)) }));
  // From version 8 on a broker answers first, and the client has to wait.
  return version < 8 ? { throttleTime, ...session, responses } : { throttleTime: 0, clientSideThrottleTime: throttleTime, ...session, responses };
}

async function decodePartition(answer: Decoder, version: number, slices: Slices) {
  const [partition, errorCode, highWatermark, lastStableOffset] = [answer.readInt32(), answer.readInt16(), answer.readInt64(), answer.readInt64()];
  if (version >= 5) answer.readInt64();
  const aborted = answer.readArray((): Aborted => ({ producerId: answer.readInt64(), firstOffset: answer.readInt64() }));
  const preferredReadReplica = version < 11 ? -1 : answer.readInt32();
  const messages = await decodeLog(answer.readBytes() ?? Buffer.alloc(0), aborted, highWatermark, slices);
  return {
    partition,
    errorCode,
    highWatermark: String(highWatermark),
    lastStableOffset: String(lastStableOffset),
    preferredReadReplica,
    // Aborted records are left out already.
    abortedTransactions: [],
    messages,
  };
}

const MAGIC_AT = 16;
const BATCHES = 2;

/** Records from before Kafka 0.11 are left to kafkajs. */
function decodeLog(log: Buffer, aborted: readonly Aborted[], end: bigint, slices: Slices): Promise<unknown[]> | unknown[] {
  if (log.length <= MAGIC_AT) return [];
  return log.readInt8(MAGIC_AT) === BATCHES ? readBatches(log, aborted, end, slices) : decodeMessageSet(new Decoder(log), log.length);
}

/** Whether the group has not been joined again since this batch was requested. */
export interface FetchedBatch {
  isCurrent?: () => boolean;
}

/** When a broker answers a fetch: once it has so many bytes, or after so many milliseconds. */
export interface FetchTerms {
  readonly maxWaitTime: number;
  readonly minBytes: number;
}

/** A hook on the assigner, called before each fetch. */
export interface FetchHook {
  beforeFetch?: () => FetchTerms;
}

/**
 * 2. kafkajs takes each partition without records through a queue, two promises and a heartbeat, for nothing. At low rates all partitions but one have none.
 *
 * 3. What one broker answers may have been asked for before a rebalance that another broker's answer brought: it starts where the group was, and taking it would
 *    pass over what lies between.
 */
const { fetch } = ConsumerGroup.prototype;
ConsumerGroup.prototype.fetch = async function (this: ConsumerGroup, nodeId) {
  const { offsetManager } = this;
  for (const assigner of this.assigners) Object.assign(this, assigner.beforeFetch?.());
  const batches = (await fetch.call(this, nodeId)).filter(({ rawMessages }) => rawMessages.length > 0);
  for (const batch of batches) batch.isCurrent = () => this.offsetManager === offsetManager;
  return batches;
};

const { handleBatch } = Runner.prototype;
Runner.prototype.handleBatch = async function (this: Runner, batch) {
  if (batch.isCurrent?.() !== false) await handleBatch.call(this, batch);
};
