import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { redisUsers, settingsNeededBy } from '@nuncio/embedded';
import { parse } from 'yaml';

interface Compose {
  readonly services: Readonly<Record<string, { readonly environment?: Readonly<Record<string, string>> }>>;
  readonly configs: Readonly<Record<'roles' | 'users', { readonly content: string }>>;
}

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const { services, configs } = parse(read('docker/compose.yaml'), { merge: true }) as Compose;
const settingsOf = (service: string): Readonly<Record<string, string>> => services[service]!.environment!;

const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'] as const;
const userOf = (service: string): string => `nuncio_${service.replaceAll('-', '_')}`;
const passwordOf = (service: string): string => `\${${service.replaceAll('-', '_').toUpperCase()}_PASSWORD:?}`;
const SERVERS: Record<string, string> = { DATABASE_URL: 'postgres://USER@postgres:5432/nuncio', REDIS_URL: 'redis://USER@redis:6379' };

/** Settings that are the operator's choice: hosts that may be called, and the port of metrics. */
const CHOICES: Record<string, object> = { gateway: { METRICS_PORT: 9464 } };
/** Traces are sent nowhere unless the environment says so. */
const TRACES = Object.fromEntries(['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG'].map((name) => [name, `\${${name}:-}`]));
const mayCall = (service: (typeof SERVICES)[number]): object => (settingsNeededBy(service).includes('EGRESS_ALLOW') ? { EGRESS_ALLOW: '${EGRESS_ALLOW:-}' } : {});

/** Without these there is no portal, and the console is a public client. */
const isOptional = (name: string): boolean => name.startsWith('PORTAL_') || name === 'OIDC_CLIENT_SECRET';

/** `npm run check:images` runs the file. This test reads it. */
describe('the compose file', () => {
  it.each(SERVICES)('gives %s its own name and password at each server, and its own keys', (service) => {
    const needed = settingsNeededBy(service).filter((name) => !name.startsWith('EGRESS_'));
    const values = needed.map((name) => [name, SERVERS[name]?.replace('USER', `${userOf(service)}:${passwordOf(service)}`) ?? (name.endsWith('_URL') ? expect.stringContaining('http://') : `\${${name}:${isOptional(name) ? '-' : '?'}}`)] as const);
    expect(settingsOf(service)).toEqual({ KAFKA_BROKERS: 'kafka:9092', KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: userOf(service), KAFKA_SASL_PASSWORD: passwordOf(service), ...mayCall(service), ...TRACES, ...CHOICES[service], ...Object.fromEntries(values) });
  });

  it('creates exactly these users at Kafka and PostgreSQL', () => {
    const users = [...settingsOf('kafka').KAFKA_LISTENER_NAME_CLIENT_PLAIN_SASL_JAAS_CONFIG!.matchAll(/user_(\w+)="([^"]+)"/g)].map(([, user, password]) => [user, password]);
    expect(users).toEqual([['nuncio', '${ADMIN_PASSWORD:?}'], ...SERVICES.map((service) => [userOf(service), passwordOf(service)])]);
    const roles = [...configs.roles.content.matchAll(/^create role (\w+) login password '([^']+)';$/gm)].map(([, role, password]) => [role, password]);
    expect(roles).toEqual(['config-service', 'attempt-log'].map((service) => [userOf(service), passwordOf(service)]));
    expect(settingsOf('migrate')).toMatchObject({ CONFIG_DATABASE_ROLE: roles[0]![0], LOG_DATABASE_ROLE: roles[1]![0] });
  });

  it('gives Redis users the rights that they have at the embedded server, on keys of this installation, as the manual says', () => {
    const users = (passwords: { 'token-service': string; dispatcher: string }): string => redisUsers(passwords, 'nuncio').join('\n');
    expect(configs.users.content).toBe(`dir /data\nappendonly yes\nuser default off\n${users({ 'token-service': passwordOf('token-service'), dispatcher: passwordOf('dispatcher') })}\n`);
    expect(read('docs/configuration.md')).toContain(`\n${users({ 'token-service': '…', dispatcher: '…' })}\n`);
  });
});
