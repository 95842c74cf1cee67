import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { register } from 'prom-client';
import { certificateFiles, measureCertificates } from './certificate-metrics.js';

const dir = mkdtempSync(join(tmpdir(), 'nuncio-certificates-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});
const path = (name: string): string => join(dir, name);

/** A self-signed certificate, in PEM, that is valid from now for some days. */
function certificate(days: number): string {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', String(days), '-subj', '/CN=spec', '-keyout', path('key'), '-out', path('cert')], { stdio: 'ignore' });
  return readFileSync(path('cert'), 'utf8');
}
const secondsOf = (date: Date): number => date.getTime() / 1_000;
async function told(): Promise<Record<string, number>> {
  const metrics = await register.metrics();
  return Object.fromEntries([...metrics.matchAll(/^nuncio_certificate_(\w+)_at_seconds\{setting="(\w+)"\} (\d+)$/gm)].map(([, of, setting, value]) => [`${of ?? ''} ${setting ?? ''}`, Number(value)]));
}

it('tells when a certificate ends: the own one of a chain, and the last of several authorities', async () => {
  const [short, long] = [certificate(3), certificate(30)];
  writeFileSync(path('chain.pem'), short + long);
  measureCertificates([['KAFKA_SSL_CERT_FILE', path('chain.pem')], ['KAFKA_SSL_CA_FILE', path('chain.pem')], ['REDIS_CA_FILE', path('nothing')]]);
  const [first, last] = [new X509Certificate(short), new X509Certificate(long)];
  expect(await told()).toEqual({
    'begins KAFKA_SSL_CERT_FILE': secondsOf(first.validFromDate),
    'ends KAFKA_SSL_CERT_FILE': secondsOf(first.validToDate),
    'begins KAFKA_SSL_CA_FILE': secondsOf(last.validFromDate),
    'ends KAFKA_SSL_CA_FILE': secondsOf(last.validToDate),
  });
});

it('knows a certificate that was renewed, without a restart', async () => {
  writeFileSync(path('own.pem'), certificate(3));
  measureCertificates([['KAFKA_SSL_CERT_FILE', path('own.pem')]]);
  const { 'ends KAFKA_SSL_CERT_FILE': before } = await told();
  writeFileSync(path('own.pem'), certificate(30));
  const { 'ends KAFKA_SSL_CERT_FILE': after } = await told();
  expect(after! - before!).toBeGreaterThan(26 * 86_400);
});

it('looks at the settings of certificates that the service has and the operator has set', () => {
  expect(certificateFiles(['PORT', 'KAFKA_SSL_CA_FILE', 'KAFKA_SSL_KEY_FILE', 'EGRESS_CA_FILE'], { PORT: '1', KAFKA_SSL_CA_FILE: '/ca', KAFKA_SSL_KEY_FILE: '/key', REDIS_CA_FILE: '/redis' })).toEqual([['KAFKA_SSL_CA_FILE', '/ca']]);
});
