import { days, PAYLOAD_LIMIT_BYTES, payloadTopic } from './topic.js';

/** Headers of a record in quarantine that cannot travel as they came: no value, a name that is no UTF-8 or is ours. JSON: `[{ name, value }]`, each in base64; value null = none. */
export const ODD_HEADERS_HEADER = 'nuncio-odd-headers';

/** Records that could not be read, with their bytes and headers as they came, `nuncio-grave` added. A null value stays null. Key: the original key. */
export const quarantine = payloadTopic({ name: 'quarantine', partitions: 3, retentionMs: days(30), maxMessageBytes: 2 * (PAYLOAD_LIMIT_BYTES + 65_536) });
