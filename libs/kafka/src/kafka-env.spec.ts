import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { KafkaEnv } from './kafka-env.js';

const here = fileURLToPath(import.meta.url);
/** As a service has it: with settings of its own. */
const Env = KafkaEnv.extend({ PORT: z.string().optional() });
const faults = (env: Record<string, string>) => Env.safeParse({ KAFKA_BROKERS: 'kafka:9092', ...env }).error?.issues.map(({ path }) => path.join('.'));

it.each([
  [{ KAFKA_SASL_USERNAME: 'nuncio' }, 'KAFKA_SASL_PASSWORD'],
  [{ KAFKA_SASL_USERNAME: 'nuncio', KAFKA_SASL_PASSWORD_FILE: '/nowhere' }, 'KAFKA_SASL_PASSWORD_FILE'],
  [{ KAFKA_SSL_KEY_FILE: here }, 'KAFKA_SSL_CERT_FILE'],
  [{ KAFKA_SSL_CERT_FILE: here }, 'KAFKA_SSL_KEY_FILE'],
  [{ KAFKA_SSL_CA_FILE: '/nowhere' }, 'KAFKA_SSL_CA_FILE'],
])('names what %p lacks: it became an empty password, was passed over or ended in a stack trace', (env, name) => {
  expect(faults(env)).toEqual([name]);
});

it('takes what is whole', () => {
  expect(faults({ KAFKA_SASL_USERNAME: 'nuncio', KAFKA_SASL_PASSWORD: 'secret', KAFKA_SSL_CERT_FILE: here, KAFKA_SSL_KEY_FILE: here })).toBeUndefined();
});
