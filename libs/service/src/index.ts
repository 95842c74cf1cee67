export * from './auth.guard.js';
export * from './bootstrap.js';
export * from './config-principals.js';
export { READINESS, type Readiness } from './health.controller.js';
export { Creates, IDEMPOTENCY, type EarlierRequest, type IdempotencyScope, type IdempotencyStore } from './idempotency.js';
export * from './load-config.js';
export * from './openapi/index.js';
export * from './problem.filter.js';
export * from './valid.js';
