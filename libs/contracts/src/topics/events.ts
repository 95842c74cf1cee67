import { days, payloadTopic } from './topic.js';

/** CloudEvents in the Kafka protocol binding, binary or structured mode; extension attribute `tenant`. Key: the producer's choice. */
export const events = payloadTopic({ name: 'events', partitions: 12, retentionMs: days(7) });
