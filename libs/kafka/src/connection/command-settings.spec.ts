import { expect, it } from '@jest/globals';
import { commandSettings } from './command-settings.js';
import { KafkaEnv } from './kafka-env.js';

it('takes a blank for what is not set', () => {
  const blanks = Object.fromEntries(Object.keys(KafkaEnv.shape).map((name) => [name, '']));
  expect(commandSettings(KafkaEnv, { ...blanks, KAFKA_BROKERS: 'a:1, b:2' })).toEqual({ KAFKA_BROKERS: ['a:1', 'b:2'], TOPIC_PREFIX: 'nuncio', KAFKA_SSL: false, KAFKA_OAUTH_CA_FILE: [] });
});
