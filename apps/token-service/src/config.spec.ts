import { expect, it } from '@jest/globals';
import { TokenServiceEnv } from './config.js';

it('has no default for a secret: without it the service does not start', () => {
  const { error } = TokenServiceEnv.safeParse({ KAFKA_BROKERS: 'kafka:9092' });
  expect(error?.issues.map(({ path }) => path[0])).toEqual(expect.arrayContaining(['CLIENT_KEYS', 'TOKEN_KEYS', 'REDIS_URL']));
});
