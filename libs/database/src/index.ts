export * from './copy.js';
export * from './data-source.js';
export * from './migrate.js';
export * from './migrate-command.js';
export { oneConnection } from './one-connection.js';
export { connections } from './pool.js';
