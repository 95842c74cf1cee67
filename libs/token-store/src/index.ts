export { type RedisClient, connectRedis, whyAway } from './redis.js';
export { RedisEnv, type RedisNode, requireOneRedis } from './redis-env.js';
export { bySlot } from './slots.js';
export * from './sealed-token.js';
export { TokenReader } from './token-reader.js';
export * from './token-store.js';
