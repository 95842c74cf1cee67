export * from './batch-producer.js';
export * from './config-view.js';
export * from './kafka-server.js';
export * from './kafka.js';
export * from './on-batch.js';
export type { Partition } from './partition.js';
export * from './quarantine.js';
export * from './record-batch.js';
export * from './topics.js';
