/**
 * Kafka as Nuncio uses it. Where to begin reading:
 *
 * | what                                                              | files, the outermost first                                             |
 * |-------------------------------------------------------------------|------------------------------------------------------------------------|
 * | a member of a group: batches in, commits behind what is finished  | kafka-server, reading, partition, partition-work, offset-tracker       |
 * | how much is read ahead, and whose turn it is                      | backlog, flows                                                         |
 * | what a commit says beside its offset                              | commit-metadata                                                        |
 * | records as Kafka has them, decoded here                           | fetched-batches, fetched-record, codecs                                |
 * | writing, retried by partition                                     | batch-producer, partition-queue, broker-writer, leaders, written-batch |
 * | topics, their settings, rights                                    | topics, topic-plan, access                                             |
 * | everybody's view of configuration                                 | config-view                                                            |
 * | what Kafka refuses or has lost, and how that is said              | kafka-faults, lost-offsets, known-log                                  |
 * | repairs of kafkajs; each file says of which defect                | kafkajs-patches, kafkajs-*                                             |
 */
export * from './access.js';
export { READ_AHEAD } from './backlog.js';
export * from './batch-producer.js';
export * from './command-settings.js';
export * from './setting-faults.js';
export type { Committed } from './committed-offsets.js';
export { finishedBelow, finishedBeyond, isOfService } from './commit-metadata.js';
export * from './config-view.js';
export * from './kafka-env.js';
export { expiredRecords, type ExpiredRecords } from './kafkajs-out-of-range.js';
export { describeFault, kafkaFaultChanges, KafkaFaults, kafkaFaults, type KafkaFault } from './kafka-faults.js';
export * from './kafka-server.js';
export * from './kafka-server-options.js';
export * from './kafka.js';
export { throttles, type Throttle } from './kafkajs-throttle.js';
export { lostOffsets, type LostOffsets } from './lost-offsets.js';
export * from './newer-records.js';
export * from './of-tenants.js';
export * from './offsets.js';
export * from './on-batch.js';
export type { OutboundRecord } from './outbound-record.js';
export type { Partition } from './partition.js';
export * from './produce-failures.js';
export * from './quarantine.js';
export * from './read-json.js';
export * from './record-batch.js';
export * from './topic-check.js';
export * from './topic-tail.js';
export { applyTopics } from './topics.js';
export * from './wait-for-kafka.js';
export * from './wait-for-server.js';
export { withAdmin } from './with-admin.js';
