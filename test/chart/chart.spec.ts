import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { settingsNeededBy } from '@nuncio/embedded';
import { parse } from 'yaml';
import { runBlock } from './page.js';
import { scaledObject } from './scaled-object.js';
import { CHART, faultsOf, helmCommand, INSTALLATIONS, type Manifest, refusalOf, render, renderedText } from './helm.js';

const SERVICES = ['config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'] as const;
/** Settings that only some installations have. */
const ONLY_SOME = ['PORTAL_KEYS', 'PORTAL_PUBLIC_KEYS', 'OIDC_CLIENT_SECRET'];
const manual = readFileSync(fileURLToPath(new URL('../../docs/configuration.md', import.meta.url)), 'utf8');
const facts = parse(readFileSync(join(CHART, 'files/services.yaml'), 'utf8')) as Record<(typeof SERVICES)[number], { secrets: string[]; reachesOut?: boolean }>;

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string; readonly optional?: boolean } } }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext: object;
  readonly startupProbe?: object;
}
interface Pods {
  readonly replicas?: number;
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> };
    readonly spec: PodSpec;
  };
}
interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly enableServiceLinks: boolean;
  readonly securityContext: object;
  readonly serviceAccountName?: string;
  readonly volumes: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[];
}
interface Schema {
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly required?: readonly string[];
}
/** Maps of the installation, whose members the chart does not name; and a number that an autoscaler may know instead. */
const OPEN = /\.(?:settings|env|labels|annotations|spec|podSecurityContext|requests|limits|dashboardLabels|metadata|authenticationRef|rule)$/;
const MAY_BE_MISSING = ['replicas', 'requests', 'limits', 'labels', 'annotations', 'spec'];

/** Places of the values at which the schema lets a misspelt name pass, does not know a default, or does not require it. */
function openPlaces(given: Schema, definitions: Readonly<Record<string, Schema>>, value: unknown, place: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || OPEN.test(place)) return [];
  const parts = [given, ...(given.allOf ?? [])].map((one) => (one.$ref ? (definitions[one.$ref.replace('#/definitions/', '')] ?? one) : one));
  const properties = Object.assign({}, ...parts.map((part) => part.properties ?? {})) as Record<string, Schema>;
  const required = parts.flatMap((part) => part.required ?? []);
  const isClosed = parts.some(({ additionalProperties }) => additionalProperties === false);
  return [
    ...(isClosed ? [] : [`${place} takes any name`]),
    ...Object.entries(value).flatMap(([name, inner]) => {
      const schema = properties[name];
      if (!schema) return [`${place}.${name} is unknown`];
      return [...(required.includes(name) || MAY_BE_MISSING.includes(name) ? [] : [`${place}.${name} is not required`]), ...openPlaces(schema, definitions, inner, `${place}.${name}`)];
    }),
  ];
}

const named = (manifests: readonly Manifest[], kind: string): Manifest[] => manifests.filter((manifest) => manifest.kind === kind);
const containersOf = (manifests: readonly Manifest[]): Container[] =>
  [...named(manifests, 'Deployment'), ...named(manifests, 'Job')].flatMap(({ spec }) => {
    const { containers, initContainers = [] } = (spec as Pods).template.spec;
    return [...initContainers, ...containers];
  });
const podsOf = (manifests: readonly Manifest[], name: string): Pods => [...named(manifests, 'Deployment'), ...named(manifests, 'Job')].find(({ metadata }) => metadata.name === `nuncio-${name}`)?.spec as Pods;
const secretOf = ({ env }: Container, name: string) => env.find((one) => one.name === name)?.valueFrom?.secretKeyRef;
const valueOf = ({ env }: Container, name: string): string | undefined => env.find((one) => one.name === name)?.value;

/** Runs on any machine, since it does not need Helm. */
describe('the chart', () => {
  it.each(SERVICES)("reads from the Secret of %s only that service's own secrets", (service) => {
    const own = settingsNeededBy(service).filter((name) => !/^(?:EGRESS_|PUBLIC_URL$|PORTAL_ORIGINS$)|_SERVICE_URL$|_LOG_URL$/.test(name));
    expect([...facts[service].secrets].sort()).toEqual([...own].sort());
  });

  it('finds in the Secrets that the manual makes what each service reads, and a shared key is the same in all', async () => {
    const made = await runBlock('secret migrate', { kubectl: `printf '%s\\n' "$@" >> "$RECORD"` });
    const secrets = new Map(made.split(/^create\nsecret\ngeneric\n/m).filter(Boolean).map((text) => {
      const [name = '', ...literals] = text.trim().split('\n');
      return [name, new Map(literals.map((literal) => literal.replace('--from-literal=', '').split(/=(.*)/s, 2) as [string, string]))];
    }));
    expect([...secrets.keys()].sort()).toEqual(['migrate', ...SERVICES].map((name) => `nuncio-${name}`).sort());
    for (const service of SERVICES) expect([...(secrets.get(`nuncio-${service}`)?.keys() ?? [])].sort()).toEqual(facts[service].secrets.filter((name) => !ONLY_SOME.includes(name)).sort());
    for (const name of ['SIGNING_KEYS', 'CLIENT_KEYS', 'TOKEN_KEYS', 'API_KEY_PEPPER']) {
      const values = [...secrets.values()].map((secret) => secret.get(name)).filter((value) => value !== undefined);
      expect([values.length > 1, new Set(values).size]).toEqual([true, 1]);
    }
  });

  it('has the version of the product', () => {
    const { version } = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8')) as { version: string };
    expect(parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8'))).toMatchObject({ version, appVersion: version });
  });

  it('refuses a misspelt value, and names one that an upgrade with the former values lacks: the schema knows every default, and requires it', () => {
    const schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')) as Schema;
    const values = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as object;
    expect(openPlaces(schema, schema.definitions ?? {}, values, 'values')).toEqual([]);
  });

  it('renders nothing that differs from one time to the next, or that only a cluster knows: Argo CD would never be in step', () => {
    const templates = globSync('templates/*', { cwd: CHART }).map((name) => readFileSync(join(CHART, name), 'utf8')).join('\n');
    expect(templates.match(/\b(?:lookup|now|rand\w+|gen[A-Z]\w+|uuidv4|derivePassword|htpasswd)\b/g)).toBeNull();
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
        expect(names.filter((each) => ![each, each.replace(/_FILE$/, '')].some((setting) => manual.includes(`\`${setting}\``))).map((each) => `${name}: ${each}`)).toEqual([]);
        expect(env.filter((one) => /PASSWORD$|_KEYS?$|PEPPER$|DATABASE_URL$|REDIS_URL$|SECRET$/.test(one.name) && !one.valueFrom).map((one) => one.name)).toEqual([]);
      }
    });

    it('has every volume that is mounted, each once', () => {
      for (const { spec } of [...named(manifests, 'Deployment'), ...named(manifests, 'Job')]) {
        const { volumes, containers, initContainers = [] } = (spec as Pods).template.spec;
        const names = volumes.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        for (const { volumeMounts } of [...containers, ...initContainers]) expect(volumeMounts.filter(({ name }) => !names.includes(name))).toEqual([]);
      }
    });

    it('runs each service as its image is made to run, with probes, and spread over nodes', () => {
      const deployments = named(manifests, 'Deployment');
      expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual(SERVICES.map((name) => `nuncio-${name}`).sort());
      for (const { spec } of deployments) expect((spec as Pods).template.spec).toMatchObject({ enableServiceLinks: false, topologySpreadConstraints: [{}, {}], securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, terminationGracePeriodSeconds: 30 });
      for (const container of containersOf(manifests)) {
        expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
        expect(container.image).toMatch(/\/(?:migrate|config-service|token-service|dispatcher|attempt-log|gateway):\d+\.\d+\.\d+$/);
      }
      expect(named(manifests, 'PodDisruptionBudget').map(({ spec }) => spec)).toEqual(SERVICES.map(() => expect.objectContaining({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' })));
      expect(named(manifests, 'Job').map(({ metadata }) => metadata.annotations?.['helm.sh/hook'])).toEqual(['pre-install,pre-upgrade']);
    });
  });

  it.each([
    ['kafka: { broker: "a:1" }', 'broker'],
    ['ingres: { enabled: true }', 'ingres'],
    ['services: { dispatcher: { replica: 3 } }', 'replica'],
    ['services: { dispatchers: { replicas: 3 } }', 'dispatchers'],
    ['services: { gateway: { service: { type: LoadBalancer } } }', 'type'],
    ['migrate: { pod: { annotation: {} } }', 'annotation'],
    ['settings: { topicPrefix: acme }', 'topicPrefix'],
    ['settings: { EGRESS_ALLOW: [10.0.0.0/8] }', 'EGRESS_ALLOW'],
    ['env: { DATABASE_URL: "postgres://" }', 'DATABASE_URL'],
    ['image: { tag: 1.10 }', '/image/tag'],
    ['image: { pullSecrets: [registry] }', '/image/pullSecrets'],
    ['ingress: { enabled: true }', '/ingress/host'],
    ['httpRoute: { enabled: true }', '/httpRoute/parentRefs'],
    ['networkPolicies: { enabled: true }', '/networkPolicies/servers'],
  ])('refuses %s, by its name', (values, name) => {
    expect(refusalOf(helm ?? '', values)).toContain(name);
  });

  it('renders the same twice', () => {
    expect(renderedText(helm ?? '', 'ci/locked.yaml')).toBe(renderedText(helm ?? '', 'ci/locked.yaml'));
  });

  it('gives the migration its network policy before it runs: in a namespace that denies everything it reached no server', () => {
    const policies = named(render(helm ?? '', 'ci/locked.yaml'), 'NetworkPolicy');
    const [hook, standing] = ['nuncio-migrate-hook', 'nuncio-migrate'].map((name) => policies.find(({ metadata }) => metadata.name === name));
    expect(hook?.metadata.annotations).toEqual({ 'helm.sh/hook': 'pre-install,pre-upgrade', 'helm.sh/hook-weight': '-1', 'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded' });
    expect(hook?.spec).toEqual(standing?.spec);
    expect(standing?.spec).toMatchObject({ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'migrate' } }, egress: [{}, { ports: [{ port: 9092 }, { port: 5432 }, { port: 6379 }] }, {}] });
    expect(policies.filter(({ metadata }) => metadata.annotations).length).toBe(1);
  });

  it('says no number of pods where an autoscaler of the installation does, and can be told none', () => {
    const manifests = render(helm ?? '', 'ci/sentinel.yaml');
    expect(SERVICES.map((name) => podsOf(manifests, name).replicas)).toEqual([2, 2, 2, 0, undefined]);
  });

  it('publishes the gateway by the Gateway API, and in both families of addresses', () => {
    const manifests = render(helm ?? '', 'ci/sentinel.yaml');
    expect(named(manifests, 'HTTPRoute').map(({ spec }) => spec)).toEqual([{ parentRefs: [{ name: 'public', namespace: 'gateways' }], hostnames: ['nuncio.example.com'], rules: [{ backendRefs: [{ name: 'nuncio-gateway', port: 8080 }], timeouts: { request: '0s' } }] }]);
    expect(named(manifests, 'Service').find(({ metadata }) => metadata.name === 'nuncio-gateway')?.spec).toMatchObject({ ipFamilyPolicy: 'PreferDualStack', ports: [{ name: 'http', port: 8080 }, { name: 'metrics', port: 9464 }] });
  });

  it('runs a command of the manual as a Job, with the image and the settings of migrate', async () => {
    const [hook] = named(render(helm ?? '', 'ci/locked.yaml'), 'Job');
    const kubectl = `case "$*" in *--dry-run*) cat;; create*) cat >> "$RECORD";; esac`;
    const made = await runBlock('job rebuild', { helm: `cat <<'END'\n${JSON.stringify(hook)}\nEND`, kubectl });
    const jobs = made.split(/^(?=\{)/m).map((text) => JSON.parse(text) as Manifest);
    expect(jobs.map(({ metadata }) => metadata.name)).toEqual(['nuncio-keys', 'nuncio-rebuild', 'nuncio-reread']);
    for (const job of jobs) {
      await valid(job);
      const [container] = (job.spec as Pods).template.spec.containers;
      const [, file = ''] = container?.command ?? [];
      expect(existsSync(join(CHART, '../..', file.replace('/dist/', '/src/').replace(/\.js$/, '.ts')))).toBe(true);
      expect(container).toMatchObject({ image: (hook?.spec as Pods).template.spec.containers[0]?.image, env: expect.arrayContaining([expect.objectContaining({ name: 'DATABASE_URL' }), expect.objectContaining({ name: 'KAFKA_BROKERS' })]) });
    }
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
    const alerts = readFileSync(join(CHART, '../prometheus/alerts.yaml'), 'utf8').replaceAll('docs/runbooks/', 'https://wiki.example.com/nuncio/');
    expect(rule?.spec).toEqual(parse(alerts));
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
    expect(names(of('ci/confluent.yaml'))).toEqual(['REDIS_PASSWORD', 'REDIS_CLUSTER', 'REDIS_USERNAME', 'REDIS_SSL', 'REDIS_CA_FILE']);
    expect(valueOf(of('ci/cloud.yaml')!, 'LOG_LEVEL')).toBe('warn');
  });

  it('runs where the platform chooses the user, on chosen nodes, with Secrets as other operators make them', () => {
    const manifests = render(helm ?? '', 'ci/openshift.yaml');
    const [dispatcher, gateway, migrate] = ['dispatcher', 'gateway', 'migrate'].map((name) => podsOf(manifests, name).template) as [Pods['template'], Pods['template'], Pods['template']];
    for (const { spec } of [dispatcher, gateway, migrate]) expect(spec.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(dispatcher.spec).toMatchObject({ nodeSelector: { 'kubernetes.io/arch': 'arm64' }, tolerations: [{ key: 'workload' }], priorityClassName: 'most-important' });
    expect(gateway.spec).toMatchObject({ priorityClassName: 'important' });
    expect(dispatcher.metadata.labels).toMatchObject({ team: 'integration', 'app.kubernetes.io/name': 'dispatcher' });
    expect([dispatcher, migrate].map(({ metadata }) => metadata.annotations)).toEqual([undefined, { 'sidecar.istio.io/inject': 'false' }]);
    const [container] = dispatcher.spec.containers;
    expect(['KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE', 'REDIS_CA_FILE', 'EGRESS_CA_FILE'].map((name) => valueOf(container!, name))).toEqual(['/etc/kafka-client/user.crt', '/etc/kafka-client/user.key', '/etc/redis/ca.crt', '/etc/authorities/ca.pem']);
    // What is in a file is asked of no Secret.
    expect([container!.env.map((one) => one.name).filter((name) => name.startsWith('SIGNING_')), valueOf(container!, 'SIGNING_KEYS_FILE')]).toEqual([['SIGNING_KEYS_FILE'], '/etc/keys/signing']);
    expect(dispatcher.spec.volumes).toContainEqual({ name: 'kafka-client', secret: { secretName: 'nuncio-dispatcher-user' } });
    const configService = podsOf(manifests, 'config-service').template.spec.containers[0]!;
    expect([configService, migrate.spec.containers[0]!].map((one) => secretOf(one, 'DATABASE_URL'))).toEqual([{ name: 'nuncio-db-app', key: 'uri' }, { name: 'nuncio-db-superuser', key: 'uri' }]);
    expect(named(manifests, 'Service').find(({ metadata }) => metadata.name === 'nuncio-gateway')).toMatchObject({ metadata: { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' } }, spec: { type: 'LoadBalancer' } });
  });

  it('writes a number as it stands in the values, whatever its size, and no setting is lost that is nothing or none', () => {
    const container = podsOf(render(helm ?? '', 'ci/openshift.yaml'), 'dispatcher').template.spec.containers[0]!;
    expect(['MAX_IN_FLIGHT', 'DUPLICATE_WINDOW_SECONDS'].map((name) => valueOf(container, name))).toEqual(['1000000', '0']);
  });

  it('takes the users that a managed Kafka has named, and an account for one service alone', () => {
    const manifests = render(helm ?? '', 'ci/confluent.yaml');
    const users = [...SERVICES, 'migrate'].map((name) => valueOf(podsOf(manifests, name).template.spec.containers[0]!, 'KAFKA_SASL_USERNAME'));
    expect(users).toEqual(['CONFIGKEY', 'TOKENKEY', 'DISPATCHERKEY', 'LOGKEY', 'GATEWAYKEY', 'ADMINKEY']);
    expect(secretOf(podsOf(manifests, 'attempt-log').template.spec.containers[0]!, 'KAFKA_SASL_PASSWORD')).toEqual({ name: 'confluent', key: 'log' });
    expect(SERVICES.map((name) => podsOf(manifests, name).template.spec.serviceAccountName)).toEqual([undefined, undefined, 'nuncio-dispatcher', undefined, undefined]);
    const [scaled] = named(manifests, 'ScaledObject');
    const triggers = [1, 2].map(() => expect.objectContaining({ authenticationRef: { name: 'prometheus' }, metadata: expect.objectContaining({ authModes: 'bearer' }) }));
    expect(scaled?.spec).toMatchObject({ triggers, fallback: { behavior: 'currentReplicasIfHigher' } });
    expect(named(manifests, 'Ingress')[0]?.metadata.annotations).toEqual({ 'kubernetes.io/ingress.class': 'gce' });
  });

  it('asks a Secret for what a service cannot start without, and for nothing else', () => {
    const optional = SERVICES.flatMap((name) => podsOf(render(helm ?? '', 'ci/minimal.yaml'), name).template.spec.containers[0]!.env.filter(({ valueFrom }) => valueFrom?.secretKeyRef?.optional).map((one) => one.name));
    expect([...new Set(optional)].sort()).toEqual(['ADMIN_API_KEY', 'OIDC_CLIENT_SECRET', 'PORTAL_KEYS', 'PORTAL_PUBLIC_KEYS', 'SESSION_KEYS']);
  });

  it('lets services reach DNS where its pods listen on another port, and those that check identities their provider', () => {
    const policies = named(render(helm ?? '', 'ci/confluent.yaml'), 'NetworkPolicy').map(({ metadata, spec }) => ({ name: metadata.name, egress: (spec as { egress: { ports?: { port: unknown }[]; to?: { ipBlock?: { cidr: string } }[] }[] }).egress }));
    expect(policies.every(({ egress }) => [53, 5353].every((port) => egress[0]?.ports?.some((one) => one.port === port)))).toBe(true);
    const reach = policies.filter(({ egress }) => egress.some(({ to = [] }) => to.some(({ ipBlock }) => ipBlock?.cidr === '192.0.2.0/24')));
    expect(reach.map(({ name }) => name).sort()).toEqual(['nuncio-attempt-log', 'nuncio-config-service', 'nuncio-gateway']);
  });
});

/** Checks with the schemas of Kubernetes 1.34, KEDA and the Prometheus operator, from npm packages. */
async function valid(manifest: Manifest): Promise<void> {
  const { apiVersion, kind } = manifest;
  // The API server has its definition: npm run check:kubernetes.
  if (apiVersion.startsWith('gateway.networking.k8s.io')) return;
  const library = apiVersion.startsWith('keda.sh') ? '@kubernetes-models/keda' : apiVersion.startsWith('monitoring.coreos.com') ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models';
  const models = (await import(`${library}/${apiVersion}/${kind}`)) as Record<string, new (content: unknown) => { validate(): void }>;
  const Model = models[kind];
  if (!Model) throw new Error(`${library} has no ${apiVersion} ${kind}`);
  expect(() => {
    new Model(manifest).validate();
  }).not.toThrow();
}
