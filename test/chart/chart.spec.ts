import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { settingsNeededBy } from '@nuncio/embedded';
import { parse } from 'yaml';
import { scaledObject } from './scaled-object.js';
import { CHART, faultsOf, helmCommand, INSTALLATIONS, type Manifest, render } from './helm.js';

const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'] as const;
const manual = readFileSync(fileURLToPath(new URL('../../docs/operating.md', import.meta.url)), 'utf8');
const facts = parse(readFileSync(join(CHART, 'files/services.yaml'), 'utf8')) as Record<(typeof SERVICES)[number], { secrets: string[]; reachesOut?: boolean }>;

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } } }[];
  readonly securityContext: object;
  readonly startupProbe?: object;
}
interface Pods {
  readonly replicas?: number;
  readonly template: { readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[]; readonly enableServiceLinks: boolean } };
}
const named = (manifests: readonly Manifest[], kind: string): Manifest[] => manifests.filter((manifest) => manifest.kind === kind);
const containersOf = (manifests: readonly Manifest[]): Container[] =>
  [...named(manifests, 'Deployment'), ...named(manifests, 'Job')].flatMap(({ spec }) => {
    const { containers, initContainers = [] } = (spec as Pods).template.spec;
    return [...initContainers, ...containers];
  });
const valueOf = ({ env }: Container, name: string): string | undefined => env.find((one) => one.name === name)?.value;

/** Runs on any machine, since it does not need Helm. */
describe('the chart', () => {
  it.each(SERVICES)("reads from the Secret of %s only that service's own secrets", (service) => {
    const own = settingsNeededBy(service).filter((name) => !/^(?:EGRESS_|PUBLIC_URL$|PORTAL_ORIGINS$)|_SERVICE_URL$|_LOG_URL$/.test(name));
    expect([...facts[service].secrets].sort()).toEqual([...own].sort());
  });

  it('has the version of the product', () => {
    const { version } = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8')) as { version: string };
    expect(parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8'))).toMatchObject({ version, appVersion: version });
  });

  it('allows outgoing traffic only to services that call endpoints of customers', () => {
    expect(SERVICES.filter((service) => facts[service].reachesOut)).toEqual(['token-service', 'dispatcher']);
  });
});

const helm = helmCommand();
if (helm === null) console.warn('The chart is not rendered: there is no Helm here. npm run check:chart builds one.');

(helm === null ? describe.skip : describe)('the chart as Helm renders it', () => {
  describe.each(INSTALLATIONS)('%s', (values) => {
    const manifests = helm === null ? [] : render(helm, values);

    it('passes the linter and the schemas of Kubernetes', async () => {
      expect(faultsOf(helm ?? '', values)).toBe('');
      for (const manifest of manifests) await valid(manifest);
    });

    it('gives every container only existing settings, each once, and no secret in clear text', () => {
      for (const { name, env } of containersOf(manifests)) {
        const names = env.map((one) => one.name);
        expect(names.filter((each, i) => names.indexOf(each) !== i)).toEqual([]);
        expect(names.filter((each) => !manual.includes(`\`${each}\``)).map((each) => `${name}: ${each}`)).toEqual([]);
        expect(env.filter((one) => /PASSWORD|_KEYS?$|PEPPER|DATABASE_URL|REDIS_URL|SECRET/.test(one.name) && !one.valueFrom).map((one) => one.name)).toEqual([]);
      }
    });

    it('runs each service as its image is made to run, with probes, and spread over nodes', () => {
      const deployments = named(manifests, 'Deployment');
      expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual(SERVICES.map((name) => `nuncio-${name}`).sort());
      for (const { spec } of deployments) expect((spec as Pods).template.spec).toMatchObject({ enableServiceLinks: false, topologySpreadConstraints: [{}, {}], securityContext: { runAsUser: 1000, runAsNonRoot: true }, terminationGracePeriodSeconds: 30 });
      for (const container of containersOf(manifests)) {
        expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
        expect(container.image).toMatch(/\/(?:migrate|config-service|token-service|dispatcher|attempt-log|gateway):\d+\.\d+\.\d+$/);
      }
      expect(named(manifests, 'PodDisruptionBudget')).toHaveLength(SERVICES.length);
      expect(named(manifests, 'Job').map(({ metadata }) => metadata.annotations?.['helm.sh/hook'])).toEqual(['pre-install,pre-upgrade']);
    });
  });

  it('scales dispatchers by what is due, up to the number of partitions, and leaves their number to KEDA', () => {
    const manifests = render(helm ?? '', 'ci/scaled.yaml');
    const [scaled] = named(manifests, 'ScaledObject');
    expect(scaled?.spec).toMatchObject({ minReplicaCount: 2, maxReplicaCount: 12, triggers: [{ metricType: 'Value', metadata: { threshold: '5' } }, {}] });
    expect(scaled?.spec).toMatchObject(scaledObject('webhooks'));
    const dispatcher = named(manifests, 'Deployment').find(({ metadata }) => metadata.name === 'nuncio-dispatcher');
    expect((dispatcher?.spec as Pods).replicas).toBeUndefined();
  });

  it('contains the alerts and the board that are tested elsewhere', () => {
    const manifests = render(helm ?? '', 'ci/scaled.yaml');
    const [rule] = named(manifests, 'PrometheusRule');
    expect(rule?.spec).toEqual(parse(readFileSync(join(CHART, '../prometheus/alerts.yaml'), 'utf8')));
    const board = manifests.find(({ metadata }) => metadata.name === 'nuncio-board') as unknown as { data: Record<string, string> };
    expect(JSON.parse(board.data['nuncio.json'] ?? '')).toEqual(JSON.parse(readFileSync(join(CHART, '../grafana/nuncio.json'), 'utf8')));
    const monitors = named(manifests, 'ServiceMonitor').map(({ spec }) => spec as { endpoints: unknown[] });
    expect(monitors.map(({ endpoints }) => endpoints)).toEqual([...SERVICES].sort().map((name) => [expect.objectContaining({ honorLabels: true, relabelings: [{ targetLabel: 'job', replacement: `nuncio-${name}` }] })]));
  });

  it('switches traces on with one value, and lets every service reach the collector', () => {
    const manifests = render(helm ?? '', 'ci/locked.yaml');
    const services = containersOf(named(manifests, 'Deployment'));
    const told = services.map((container) => ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG'].map((name) => valueOf(container, name)));
    expect(told).toEqual(SERVICES.map(() => ['http://otel-collector.monitoring:4318', 'parentbased_traceidratio', '0.05']));
    const egress = named(manifests, 'NetworkPolicy').map(({ spec }) => (spec as { egress: { ports?: { port: unknown }[] }[] }).egress);
    expect(egress.every((rules) => rules.some(({ ports = [] }) => ports.some(({ port }) => port === 4318)))).toBe(true);
    expect(containersOf(render(helm ?? '', 'ci/minimal.yaml')).flatMap(({ env }) => env.map((one) => one.name)).filter((name) => name.startsWith('OTEL_'))).toEqual([]);
  });

  it('accepts the address of Redis in one of three ways', () => {
    const of = (values: string): Container | undefined => containersOf(render(helm ?? '', values)).find(({ name }) => name === 'dispatcher');
    const names = (container: Container | undefined): string[] => (container?.env ?? []).map((one) => one.name).filter((name) => name.startsWith('REDIS_'));
    expect(names(of('ci/minimal.yaml'))).toEqual(['REDIS_URL']);
    expect(names(of('ci/sentinel.yaml'))).toEqual(['REDIS_PASSWORD', 'REDIS_SENTINELS', 'REDIS_SENTINEL_NAME', 'REDIS_USERNAME']);
    expect(names(of('ci/cloud.yaml'))).toEqual(['REDIS_PASSWORD', 'REDIS_CLUSTER', 'REDIS_USERNAME']);
    expect(valueOf(of('ci/cloud.yaml')!, 'LOG_LEVEL')).toBe('warn');
  });
});

/** Checks with the schemas of Kubernetes 1.34, KEDA and the Prometheus operator, from npm packages. */
async function valid(manifest: Manifest): Promise<void> {
  const { apiVersion, kind } = manifest;
  const library = apiVersion.startsWith('keda.sh') ? '@kubernetes-models/keda' : apiVersion.startsWith('monitoring.coreos.com') ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models';
  const models = (await import(`${library}/${apiVersion}/${kind}`)) as Record<string, new (content: unknown) => { validate(): void }>;
  const Model = models[kind];
  if (!Model) throw new Error(`${library} has no ${apiVersion} ${kind}`);
  expect(() => {
    new Model(manifest).validate();
  }).not.toThrow();
}
