export { exitOnSignal } from './exit-on-signal.js';
export { createDatabase } from './postgres.js';
export type { KafkaNode, RelayedListener } from './kafka-node.js';
export { type Log, seconds, timed } from './progress.js';
export { type Stack, type StackAddresses, type StackOptions, isInUse, startStack } from './stack.js';
export { redisUsers } from './redis.js';
export type { Services, ServicesOptions } from './running-services.js';
export { settingsNeededBy } from './service-settings.js';
export { startServices } from './services.js';
