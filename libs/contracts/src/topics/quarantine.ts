import { days, PAYLOAD_LIMIT_BYTES, payloadTopic } from './topic.js';

/** Records that could not be read, with their bytes and headers as they came, `nuncio-grave` added. A null value stays null. Key: the original key. */
export const quarantine = payloadTopic({ name: 'quarantine', partitions: 3, retentionMs: days(30), maxMessageBytes: 2 * (PAYLOAD_LIMIT_BYTES + 65_536) });
