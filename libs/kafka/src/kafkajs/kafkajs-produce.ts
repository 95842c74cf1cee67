import type { ProduceRequest, TopicData } from 'kafkajs/src/cluster/index.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import produce from 'kafkajs/src/protocol/requests/produce/index.js';
import { writtenBatch } from './written-batch.js';

/** From this version on a produce request carries record batches; before, message sets. */
const RECORD_BATCHES = 3;
const NO_RECORDS = Buffer.alloc(0);

/**
 * The ninth repair of kafkajs (kafkajs-patches.ts). It makes half a kilobyte of zeros for each record and each header, and copies it four times: a sixth of
 * a dispatcher's time. `writtenBatch` writes batches instead, except those to be compressed.
 */
export function mendProduceRequests(): void {
  const { protocol } = produce;
  produce.protocol = ({ version }) => {
    const definition = protocol({ version });
    return (given) => {
      const { request, response } = definition(given);
      return { request: version < RECORD_BATCHES || given.compression ? request : { ...request, encode: () => Promise.resolve(encoded(given)) }, response };
    };
  };
}

/** Produce Request => transactional_id acks timeout [topic [partition record_set]] (Kafka protocol, "Produce API", 3 to 7). */
function encoded({ transactionalId = '', acks, timeout = 0, topicData, producerId = -1, producerEpoch = 0 }: ProduceRequest & { readonly topicData: TopicData }): Encoder {
  const terms = { transactional: transactionalId !== '', producerId: BigInt(String(producerId)), producerEpoch };
  const request = new Encoder().writeString(transactionalId || null).writeInt16(acks).writeInt32(timeout).writeInt32(topicData.length);
  for (const { topic, partitions } of topicData) {
    request.writeString(topic).writeInt32(partitions.length);
    for (const { partition, messages, firstSequence = 0 } of partitions) {
      const batch = messages.length === 0 ? NO_RECORDS : writtenBatch(messages, { ...terms, firstSequence });
      request.writeInt32(partition).writeInt32(batch.length).writeBuffer(batch);
    }
  }
  return request;
}
