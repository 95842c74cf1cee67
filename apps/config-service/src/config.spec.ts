import { expect, it } from '@jest/globals';
import { Config } from './config.js';

it('has no default for a secret: without it the service does not start', () => {
  const { error } = Config.safeParse({ KAFKA_BROKERS: 'kafka:9092' });
  expect(error?.issues.map(({ path }) => path[0])).toEqual(expect.arrayContaining(['SIGNING_KEYS', 'CLIENT_KEYS', 'API_KEY_PEPPER', 'DATABASE_URL']));
});
