export * from './build-index.js';
export * from './copy.js';
export * from './data-source.js';
export * from './migrate.js';
export * from './migrate-command.js';
export * from './needed.js';
export { oneConnection } from './one-connection.js';
export { connections } from './pool.js';
export { isDiskFull } from './unavailable.js';
