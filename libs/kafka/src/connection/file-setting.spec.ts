import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { KafkaEnv } from './kafka-env.js';

const dir = mkdtempSync(join(tmpdir(), 'nuncio-files-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});
const path = (name: string): string => join(dir, name);
for (const name of ['one', 'other']) execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=spec', '-keyout', path(`${name}.key`), '-out', path(`${name}.pem`)], { stdio: 'ignore' });
writeFileSync(path('text'), 'not in PEM');

const faults = (env: Record<string, string>): string[] => (KafkaEnv.safeParse({ KAFKA_BROKERS: 'kafka:9092', ...env }).error?.issues ?? []).map(({ path: [name], message }) => `${String(name)} ${message.replaceAll(dir, '…')}`);

it.each([
  [{ KAFKA_SSL_CA_FILE: path('one.pem') }, []],
  [{ KAFKA_SSL_CERT_FILE: path('one.pem'), KAFKA_SSL_KEY_FILE: path('one.key') }, []],
  [{ KAFKA_SSL_CA_FILE: path('one.key') }, ['KAFKA_SSL_CA_FILE "…/one.key" cannot be used: it holds no certificate in PEM']],
  [{ KAFKA_SSL_CERT_FILE: path('text'), KAFKA_SSL_KEY_FILE: path('one.pem') }, ['KAFKA_SSL_CERT_FILE "…/text" cannot be used: it holds no certificate in PEM', 'KAFKA_SSL_KEY_FILE "…/one.pem" cannot be used: it holds no private key in PEM, or one with a passphrase']],
  [{ KAFKA_SSL_CERT_FILE: path('one.pem'), KAFKA_SSL_KEY_FILE: path('other.key') }, ['KAFKA_SSL_KEY_FILE is not the key of the certificate in KAFKA_SSL_CERT_FILE']],
])('says at start what is wrong with a file, which ended as a failed handshake: %j', (env, expected) => {
  expect(faults(env)).toEqual(expected);
});

it.each(['kafka', 'kafka:9092,', 'https://kafka:9092', 'kafka:9092 other:9092', ':9092', ''])('refuses the brokers %j', (brokers) => {
  expect(faults({ KAFKA_BROKERS: brokers })).toEqual(['KAFKA_BROKERS must be a comma list of host:port']);
});

it.each(['kafka:9092', 'a.example:9092, b_1:9093', '[fd00::5]:9092'])('takes the brokers %j', (brokers) => {
  expect(faults({ KAFKA_BROKERS: brokers })).toEqual([]);
});
