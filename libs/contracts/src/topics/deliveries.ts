import { days, payloadTopic } from './topic.js';

/** Deliveries that start here, not at their event: wide fan-out, resend, recover, unblock, replay. Header `nuncio-errand`. */
export const deliveries = payloadTopic({ name: 'deliveries', partitions: 12, retentionMs: days(7) });
