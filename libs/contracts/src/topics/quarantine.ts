import { days, PAYLOAD_LIMIT_BYTES, payloadTopic } from './topic.js';

/**
 * Original headers of a quarantined record that cannot be kept as they are: without a value, or with a name that is not UTF-8 or that Nuncio uses.
 * JSON: `[{ name, value }]`, each in base64; value null = none.
 */
export const ODD_HEADERS_HEADER = 'nuncio-odd-headers';

/** Records that could not be read, with their original bytes and headers, and `nuncio-grave`. A null value stays null. Key: the original key. */
export const quarantine = payloadTopic({ name: 'quarantine', partitions: 3, retentionMs: days(30), maxMessageBytes: 2 * (PAYLOAD_LIMIT_BYTES + 65_536) });
