import { AggregateRecord } from '../aggregates/index.js';
import { days, jsonTopic } from './topic.js';

/**
 * The last state of every aggregate, in commit order. Key: stream name. A deleted one has `state: null`, and a tombstone 7
 * days later.
 */
export const configState = jsonTopic({ name: 'config.state', partitions: 1, cleanup: 'compact', retentionMs: days(7), value: AggregateRecord });
