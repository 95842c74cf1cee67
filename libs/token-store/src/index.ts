export * from './redis.js';
export * from './sealed-token.js';
export { TokenReader } from './token-reader.js';
export * from './token-store.js';
