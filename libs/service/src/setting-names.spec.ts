import { expect, it } from '@jest/globals';
import { misspeltSettings, SETTINGS } from './setting-names.js';

const told = (...names: string[]): string[] => misspeltSettings(Object.fromEntries(names.map((name) => [name, 'x'])));

it.each([
  ['KAFKA_BROKER', 'KAFKA_BROKER is no setting; did you mean KAFKA_BROKERS?'],
  ['LOGLEVEL', 'LOGLEVEL is no setting; did you mean LOG_LEVEL?'],
  ['KAFKA_SASL_USER', 'KAFKA_SASL_USER is no setting; did you mean KAFKA_SASL_USERNAME?'],
  ['RETENTION_DAY', 'RETENTION_DAY is no setting; did you mean RETENTION_DAYS?'],
  ['NUNCIO_DATABASE_URL', 'NUNCIO_DATABASE_URL is no setting; did you mean DATABASE_URL?'],
  ['REDIS_TLS', 'REDIS_TLS is no setting (docs/configuration.md)'],
  ['KAFKA_COMPRESSION_OF_ALL_THAT_IS_WRITTEN', 'KAFKA_COMPRESSION_OF_ALL_THAT_IS_WRITTEN is no setting (docs/configuration.md)'],
  ['SIGNNG_KEYS_FILE', 'SIGNNG_KEYS_FILE is no setting; did you mean SIGNING_KEYS_FILE?'],
  ['OIDC_ISSUER_FILE', 'OIDC_ISSUER_FILE is no setting: what it names cannot be in a file'],
])('tells of %s: it had no effect, and nothing said so', (name, sentence) => {
  expect(told(name)).toEqual([sentence]);
});

it('takes every setting of any service, and a secret in a file', () => {
  expect(told(...SETTINGS, 'SIGNING_KEYS_FILE', 'PORTAL_PUBLIC_KEYS_FILE', 'DATABASE_URL_FILE', 'KAFKA_SASL_PASSWORD_FILE', 'OIDC_CLIENT_SECRET_FILE', 'EGRESS_PROXY_URL_FILE')).toEqual([]);
});

it('says nothing of what other programs, Kubernetes and Docker set', () => {
  expect(
    told('PATH', 'HOME', 'HOSTNAME', 'LANG', 'PWD', 'TERM', 'NODE_OPTIONS', 'NODE_ENV', 'HTTPS_PROXY', 'SSL_CERT_FILE', 'AWS_ROLE_ARN', 'POD_IP', 'NUNCIO_STACK', 'NUNCIO_URL', 'KUBERNETES_SERVICE_HOST', 'KUBERNETES_PORT_443_TCP', 'OTEL_RESOURCE_ATTRIBUTES', 'KAFKA_SERVICE_HOST', 'KAFKA_SERVICE_PORT_BROKER', 'REDIS_PORT', 'REDIS_PORT_6379_TCP_ADDR'),
  ).toEqual([]);
});
