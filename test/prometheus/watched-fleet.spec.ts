import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@nuncio/embedded';
import { AuthorizationServer, Receiver } from '@nuncio/fixtures';
import { parse } from 'yaml';
import { board } from '../boards/board.js';
import { rows } from '../boards/panels.js';
import { eventually } from '../fleet/eventually.js';
import { type OwnFleet, ownFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { hasPrometheus, Prometheus } from './prometheus.js';

const file = (name: string): string => fileURLToPath(new URL(`../../docker/${name}`, import.meta.url));
const RULES = file('prometheus/alerts.yaml');
const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'] as const;
/** Replaces Grafana's variable for the scrape interval. */
const WINDOW = ['$__rate_interval', '1m'] as const;

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
}
const rules = (parse(readFileSync(RULES, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
const panels = rows.flatMap((row) => row.panels);

/** Selectors `name{labels}`, without ranges and functions. */
const selectorsOf = (expr: string): string[] => expr.match(/\b(?:nuncio|nodejs|process)[_:][a-z0-9_:]+(?:\{[^}]*\})?/g) ?? [];
const ofRules = rules.map(({ alert, record, expr }) => [alert ?? record ?? '', selectorsOf(expr)] as const);
const ofPanels = panels.flatMap(({ title, queries }) => queries.map(([expr, legend]) => [`${title}: ${legend}`, expr.replaceAll(...WINDOW)] as const));

/** Metrics without data in a healthy fleet. Any other query without data is wrong. */
const EMPTY: readonly string[] = [
  'nuncio_http_request_seconds_count{status="5xx"}',
  'nuncio_token_fetches_total{outcome!="token"}',
  'nuncio:token_fetches_failed:ratio10m',
  'nuncio_kafka_faults',
  'nuncio_expired_records_total',
  'nuncio_kafka_throttled_seconds_total',
  'nuncio_offsets_set_records_total{effect="skipped"}',
  'nuncio_unattempted_total{fact="held"}',
  'nuncio_certificate_begins_at_seconds',
  'nuncio_certificate_ends_at_seconds',
  'nuncio_own_failures_total',
  'nuncio_own_failures_total{of!="proxy"}',
  'nuncio_log_rows_dropped_total',
  'nuncio_produce_failures_total',
  'nuncio_unattempted_total',
  'nuncio_duplicates_total',
];
const isEmpty = (expr: string): boolean => selectorsOf(expr).some((selector) => EMPTY.includes(selector.replace(/_bucket$/, '')));

describe('the board', () => {
  it('is what is generated: npm run boards', () => {
    expect(JSON.parse(readFileSync(file('grafana/nuncio.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(board())));
  });

  it.each(panels.map((panel) => [panel.title, panel] as const))('%s: says its unit, and what to do', (_title, { unit, description, queries }) => {
    expect(unit).not.toBe('');
    expect(description).toMatch(/^.{10,}\.$/);
    for (const [, runbook] of description.matchAll(/\((runbooks\/[\w-]+\.md)\)/g)) expect(readFileSync(fileURLToPath(new URL(`../../docs/${runbook}`, import.meta.url)), 'utf8')).toContain('# ');
    expect(queries.length).toBeGreaterThan(0);
  });

  it('has nothing on the list of what is empty that nobody asks for', () => {
    const asked = [...ofRules.flatMap(([, selectors]) => selectors), ...ofPanels.flatMap(([, expr]) => selectorsOf(expr))];
    expect(EMPTY.filter((selector) => !asked.includes(selector))).toEqual([]);
  });
});

/** Where Prometheus is not installed, only CI fails. */
(hasPrometheus || process.env.CI ? describe : describe.skip)('a fleet that Prometheus scrapes', () => {
  let fleet: OwnFleet;
  let prometheus: Prometheus;
  let receiver: Receiver;
  let server: AuthorizationServer;
  const client = { clientId: 'watched', clientSecret: 'watched-secret', authMethod: 'client_secret_basic' as const };

  beforeAll(async () => {
    const ports = Object.fromEntries(await Promise.all(SERVICES.map(async (name) => [name, await freePort()] as const))) as Record<(typeof SERVICES)[number], number>;
    const envOf = Object.fromEntries(SERVICES.map((name) => [name, { METRICS_PORT: String(ports[name]) }]));
    fleet = await ownFleet('watched', { envOf });
    prometheus = await Prometheus.start(SERVICES.map((name) => ({ name: `nuncio-${name}`, targets: [`127.0.0.1:${ports[name]}`] })), RULES);
    // Prometheus begins to scrape some seconds later, and does not see growth before that.
    await eventually(async () => {
      expect(await prometheus.query('nuncio_build_info')).toHaveLength(SERVICES.length);
    });
    [receiver, server] = await Promise.all([Receiver.start(), AuthorizationServer.start({ clients: [client] })]);
    await traffic();
  });
  afterAll(async () => {
    await prometheus.stop();
    await Promise.all([receiver.close(), server.down(), fleet.close()]);
  });

  /**
   * Makes a token, a delivery, a retry, an event over HTTP, one without a subscription, and a record that cannot be
   * read.
   */
  async function traffic(): Promise<void> {
    const tenant = await Tenant.create(fleet);
    const credential = await tenant.credential(server, client);
    await tenant.subscribe(receiver, { authentication: { type: 'oauth2', credential }, retry: { delaysSeconds: [1, 1], jitter: 0 } });
    let refused = 0;
    receiver.answer(() => ({ status: refused++ === 0 ? 503 : 204 }));
    await tenant.publish([{ payload: '{}' }, { payload: '{}' }]);
    expect(await fleet.api.call('POST', '/v1/events', '{}', { 'ce-type': tenant.eventType, 'ce-tenant': tenant.id })).toMatchObject({ status: 202 });
    await fleet.cluster.send('events', [
      { key: 'nobody', value: Buffer.from('{}'), headers: { ce_specversion: '1.0', ce_id: 'nobody', ce_source: '/watched', ce_type: 'no.such.type', 'content-type': 'application/json' } },
      { key: 'garbage', value: Buffer.from('{}'), headers: { ce_id: 'no version' } },
    ]);
    await eventually(async () => {
      const statuses = (await tenant.deliveries()).map(({ status }) => status);
      expect(statuses.filter((status) => status === 'delivered').length).toBeGreaterThanOrEqual(3);
    });
  }

  it('has data for whatever rules and panels ask, but for what is known to be empty', async () => {
    const without = async (asked: readonly (readonly [name: string, expr: string])[]): Promise<string[]> => {
      const empty = await Promise.all(asked.map(async ([name, expr]) => (isEmpty(expr) || (await prometheus.query(expr)).length > 0 ? [] : [`${name}: ${expr}`])));
      return empty.flat();
    };
    await eventually(async () => {
      expect(await without(ofPanels)).toEqual([]);
      expect(await without(ofRules.flatMap(([name, selectors]) => selectors.map((selector) => [name, selector] as const)))).toEqual([]);
    });
  });

  it('knows what each API was asked, by route and class of status, and which version answers', async () => {
    for (const name of SERVICES) expect(await prometheus.query(`nuncio_build_info{job="nuncio-${name}",service="${name}"}`)).toHaveLength(1);
    for (const job of ['nuncio-config-service', 'nuncio-attempt-log', 'nuncio-gateway']) expect((await prometheus.query(`nuncio_http_request_seconds_count{job="${job}",route!="none"}`)).length).toBeGreaterThan(0);
  });

  it('wakes nobody, and tells of the first record that could not be read: a counter that began with 1 had not grown', async () => {
    expect((await prometheus.rules()).filter(({ health }) => health !== 'ok')).toEqual([]);
    await eventually(async () => {
      expect(await prometheus.alerts()).toEqual(['NuncioQuarantineGrowing']);
    });
  });
});
