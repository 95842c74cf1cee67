export * from './notice.js';
export * from './notice-types.js';
export * from './reserved.js';
