import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { KafkaEnv } from './kafka-env.js';

const oauth = { KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_OAUTH_TOKEN_URL: 'https://idp.example/token', KAFKA_OAUTH_CLIENT_ID: 'x', KAFKA_OAUTH_CLIENT_SECRET: 'x' };
const dir = mkdtempSync(join(tmpdir(), 'nuncio-kafka-env-'));
const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=spec', '-keyout', key, '-out', cert], { stdio: 'ignore' });
afterAll(() => {
  rmSync(dir, { recursive: true });
});
/** As in a service, which has settings of its own. */
const Env = KafkaEnv.extend({ PORT: z.string().optional() });
const faults = (env: Record<string, string>) => Env.safeParse({ KAFKA_BROKERS: 'kafka:9092', ...env }).error?.issues.map(({ path }) => path.join('.'));

it.each([
  [{ KAFKA_SASL_USERNAME: 'nuncio' }, 'KAFKA_SASL_PASSWORD'],
  [{ KAFKA_SASL_USERNAME: 'nuncio', KAFKA_SASL_PASSWORD_FILE: '/nowhere' }, 'KAFKA_SASL_PASSWORD_FILE'],
  [{ KAFKA_SSL_KEY_FILE: key }, 'KAFKA_SSL_CERT_FILE'],
  [{ KAFKA_SSL_CERT_FILE: cert }, 'KAFKA_SSL_KEY_FILE'],
  [{ KAFKA_SSL_CA_FILE: '/nowhere' }, 'KAFKA_SSL_CA_FILE'],
  [{ KAFKA_SASL_MECHANISM: 'plain' }, 'KAFKA_SASL_PASSWORD', 'KAFKA_SASL_USERNAME'],
  [{ KAFKA_SASL_USERNAME: 'nuncio', KAFKA_SASL_PASSWORD: 'x', KAFKA_SASL_PASSWORD_FILE: key }, 'KAFKA_SASL_PASSWORD_FILE'],
  [{ KAFKA_SASL_MECHANISM: 'oauthbearer' }, 'KAFKA_OAUTH_CLIENT_ID', 'KAFKA_OAUTH_CLIENT_SECRET', 'KAFKA_OAUTH_TOKEN_URL'],
  [{ ...oauth, KAFKA_OAUTH_TOKEN_URL: 'http://idp.internal/token' }, 'KAFKA_OAUTH_TOKEN_URL'],
  [{ ...oauth, KAFKA_OAUTH_EXTENSIONS: 'logicalCluster' }, 'KAFKA_OAUTH_EXTENSIONS'],
  [{ ...oauth, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'x', KAFKA_SASL_PASSWORD: 'x' }, 'KAFKA_OAUTH_CLIENT_ID', 'KAFKA_OAUTH_CLIENT_SECRET', 'KAFKA_OAUTH_TOKEN_URL'],
  [{ KAFKA_SASL_MECHANISM: 'aws-msk-iam' }, 'AWS_REGION', 'KAFKA_SSL'],
  [{ KAFKA_BROKERS: 'kafka' }, 'KAFKA_BROKERS'],
  [{ KAFKA_BROKERS: 'kafka:9092,PLAINTEXT://kafka-2:9092' }, 'KAFKA_BROKERS'],
  [{ KAFKA_BROKERS: '::1:9092' }, 'KAFKA_BROKERS'],
  [{ KAFKA_BROKERS: 'kafka:9092,' }, 'KAFKA_BROKERS'],
  [{ KAFKA_BROKERS: '', KAFKA_SASL_USERNAME: 'nuncio' }, 'KAFKA_BROKERS', 'KAFKA_SASL_PASSWORD'],
])('names what %p lacks: it became an empty password, was passed over or ended in a stack trace', (env, ...names) => {
  expect(faults(env)?.sort()).toEqual(names);
});

it('takes what is whole', () => {
  expect(faults({ KAFKA_BROKERS: 'kafka_1.internal:9092, 10.0.0.1:9093,[fd00::1]:9094' })).toBeUndefined();
  expect(faults({ KAFKA_SASL_USERNAME: 'nuncio', KAFKA_SASL_PASSWORD: 'secret', KAFKA_SSL_CERT_FILE: cert, KAFKA_SSL_KEY_FILE: key })).toBeUndefined();
});

const examples = /```env\n(.*?)```/s.exec(readFileSync(new URL('../../../../docs/kafka.md', import.meta.url), 'utf8'))?.[1] ?? '';

it.each(examples.split('\n\n').map((example): [string, string] => [example.split('\n')[0] ?? '', example]))('takes the example of docs/kafka.md: %s', (_, example) => {
  // One setting per line, with files that exist.
  const env = parseEnv(example.replaceAll(/ \\\n| (?=[A-Z_]+=)/g, '\n').replaceAll(/(_\w+)_FILE=\S+/g, (_match, name: string) => `${name}_FILE=${name.endsWith('_KEY') ? key : cert}`)) as Record<string, string>;
  expect(Object.keys(env).filter((name) => !(name in KafkaEnv.shape) && !(name.replace(/_FILE$/, '') in KafkaEnv.shape))).toEqual([]);
  expect(faults(env)).toBeUndefined();
});

it('takes the region for AWS’s own settings, which others than Kafka read too', () => {
  expect(faults({ AWS_REGION: 'eu-central-1' })).toBeUndefined();
  expect(faults({ ...oauth, KAFKA_OAUTH_EXTENSIONS: 'logicalCluster=lkc-1,identityPoolId=pool-1' })).toBeUndefined();
});
