/**
 * Kafka as Nuncio uses it. Where to begin reading:
 *
 * | folder     | what                                                                  | files, the outermost first                                       |
 * |------------|-----------------------------------------------------------------------|------------------------------------------------------------------|
 * | consuming  | a member of a group: batches in, commits behind what is finished      | kafka-server, reading, partition, partition-work, offset-tracker |
 * |            | how much is read ahead, and whose turn it is                          | backlog, flows                                                   |
 * |            | what a commit says beside its offset                                  | commit-metadata                                                  |
 * |            | records as Kafka has them, decoded here                               | fetched-batches, fetched-record, codecs                          |
 * |            | a log that is another one than before, or has lost records or offsets | log-check, known-log, lost-offsets                               |
 * | producing  | writing, retried by partition                                         | batch-producer, partition-queue, broker-writer                   |
 * | topics     | topics, their settings and rights                                     | topics, topic-plan, access                                       |
 * | config     | everybody's view of configuration                                     | config-view                                                      |
 * | connection | who connects, and how; what Kafka refuses, and how that is said       | kafka-env, kafka, kafka-faults                                   |
 * | kafkajs    | repairs of kafkajs; each file says of which defect                    | kafkajs-patches                                                  |
 *
 * `apply-topics.ts` and `apply-access.ts` are commands.
 */
export * from './topics/access.js';
export { READ_AHEAD } from './consuming/backlog.js';
export * from './producing/batch-producer.js';
export * from './connection/command-settings.js';
export * from './connection/setting-faults.js';
export type { Committed } from './consuming/committed-offsets.js';
export { finishedBelow, finishedBeyond, isOfService } from './consuming/commit-metadata.js';
export * from './config/config-view.js';
export * from './connection/kafka-env.js';
export { expiredRecords, type ExpiredRecords } from './kafkajs/kafkajs-out-of-range.js';
export { describeFault, kafkaFaultChanges, KafkaFaults, kafkaFaults, type KafkaFault } from './connection/kafka-faults.js';
export * from './consuming/kafka-server.js';
export * from './consuming/kafka-server-options.js';
export * from './connection/kafka.js';
export { throttles, type Throttle } from './kafkajs/kafkajs-throttle.js';
export { lostOffsets, type LostOffsets } from './consuming/lost-offsets.js';
export * from './config/newer-records.js';
export * from './config/of-tenants.js';
export * from './consuming/offsets.js';
export * from './consuming/on-batch.js';
export type { OutboundRecord } from './producing/outbound-record.js';
export type { Partition } from './consuming/partition.js';
export * from './producing/produce-failures.js';
export * from './producing/quarantine.js';
export * from './config/read-json.js';
export * from './consuming/record-batch.js';
export * from './topics/topic-check.js';
export * from './consuming/topic-tail.js';
export { applyTopics } from './topics/topics.js';
export * from './connection/wait-for-kafka.js';
export * from './connection/wait-for-server.js';
export { withAdmin } from './connection/with-admin.js';
