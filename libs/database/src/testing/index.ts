export * from './fresh-database.js';
export * from './migrations-beside-writers.js';
