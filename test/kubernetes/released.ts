import { join } from 'node:path';
import { CHART, INSTALLATIONS } from '../chart/helm.js';
import { runBlock } from '../chart/page.js';
import { type Cluster, linesOf, type Result } from './cluster.js';
import type { Jobs } from './jobs.js';
import { type Named, Namespace } from './namespace.js';

const DEFAULTS = 'ci/minimal.yaml';
/** Examples in which an autoscaler knows how many pods a service has. */
const AUTOSCALED = { 'ci/scaled.yaml': 'dispatcher', 'ci/sentinel.yaml': 'gateway' };
/** An example with network policies, of which the hook has one. */
const POLICED = 'ci/locked.yaml';
const CHANGED = 'ci/secured.yaml';
const SCALED_TO = 5;
const KINDS = 'deployments,services,configmaps,jobs,poddisruptionbudgets,networkpolicies,ingresses,httproutes,scaledobjects,servicemonitors,prometheusrules';
const SECRETS = ['migrate', 'config-service', 'token-service', 'dispatcher', 'attempt-log', 'gateway'];
/** Jobs that the manual makes beside the release. */
const BY_HAND = ['nuncio-keys', 'nuncio-rebuild', 'nuncio-reread'];

/**
 * Installs the chart with its defaults, upgrades it to each other example and goes back, as an operator does with Helm. Returns what fails, every
 * warning, and what is left when the release is deleted.
 */
export async function released(cluster: Cluster, helm: string, jobs: Jobs): Promise<string[]> {
  const release = new Release(cluster, helm, await Namespace.create(cluster, 'webhooks'), jobs);
  await release.manual('secret migrate', SECRETS.map((name) => `secret/nuncio-${name}`));
  await release.install();
  for (const values of INSTALLATIONS.filter((name) => name !== DEFAULTS)) await release.thereAndBack(values);
  for (const [values, service] of Object.entries(AUTOSCALED)) await release.autoscaled(values, service);
  await release.withFormerValues();
  await release.manual('job rebuild', BY_HAND.map((name) => `job/${name}`));
  await release.failedMigration();
  await release.uninstall();
  return release.faults;
}

interface Deployment extends Named {
  readonly spec: { readonly replicas: number };
}

class Release {
  readonly faults: string[] = [];

  constructor(
    private readonly cluster: Cluster,
    private readonly helm: string,
    private readonly namespace: Namespace,
    private readonly jobs: Jobs,
  ) {}

  async install(): Promise<void> {
    await this.#must('install', 'nuncio', CHART, '-f', join(CHART, DEFAULTS));
  }

  async thereAndBack(values: string): Promise<void> {
    await this.#must(...upgradeTo(values));
    await this.#must('rollback', 'nuncio');
  }

  /** Where an autoscaler says how many pods there are, neither an upgrade nor a rollback changes it. */
  async autoscaled(values: string, service: string): Promise<void> {
    await this.#must(...upgradeTo(values));
    await this.namespace.kubectl(['scale', '--replicas', String(SCALED_TO), `deployment/nuncio-${service}`]);
    for (const step of [upgradeTo(values), ['rollback', 'nuncio']]) {
      await this.#must(...step);
      const pods = await this.#replicas(service);
      if (pods !== SCALED_TO) this.faults.push(`${step.join(' ')}: there were ${SCALED_TO} pods of ${service}, and now ${pods}`);
    }
    await this.#must(...upgradeTo(DEFAULTS));
  }

  /** An upgrade that names no values keeps the installation's, and takes the chart's own from its new version. */
  async withFormerValues(): Promise<void> {
    await this.#must(...upgradeTo(CHANGED));
    const before = await this.#generations();
    await this.#must('upgrade', 'nuncio', CHART, '--reset-then-reuse-values');
    if ((await this.#generations()) !== before) this.faults.push('helm upgrade --reset-then-reuse-values changes services though nothing else has changed');
    await this.#must(...upgradeTo(DEFAULTS));
  }

  /** A migration that fails leaves the services as they are, and the next upgrade goes on. */
  async failedMigration(): Promise<void> {
    const before = await this.#generations();
    this.jobs.succeed = false;
    const { ok } = await this.#run(upgradeTo(POLICED));
    this.jobs.succeed = true;
    if (ok) this.faults.push('helm upgrade succeeds though the migration fails');
    if ((await this.#generations()) !== before) this.faults.push('helm upgrade changes services though the migration fails');
    this.faults.push(...(await this.namespace.all('networkpolicies')).map(({ metadata }) => `a migration that fails leaves the network policy ${metadata.name}`));
    await this.#must(...upgradeTo(DEFAULTS));
  }

  async uninstall(): Promise<void> {
    await this.#must('uninstall', 'nuncio', '--wait');
    const left = await this.namespace.all(KINDS);
    this.faults.push(...left.filter(({ metadata }) => !BY_HAND.includes(metadata.name)).map(({ metadata }) => `helm uninstall leaves ${metadata.name}`));
  }

  /** Runs the block of docs/kubernetes.md that has this text. It makes these objects. There are no containers, so no logs either. */
  async manual(having: string, made: readonly string[]): Promise<void> {
    const environment = `export KUBECONFIG=${this.cluster.env.KUBECONFIG ?? ''} HELM_NAMESPACE=${this.namespace.name}`;
    const kubectl = `[ "$1" = logs ] && exit\n${environment}\nexec ${this.cluster.programs.kubectl} --namespace ${this.namespace.name} "$@" 2> >(tee -a "$RECORD" >&2)`;
    const told = await runBlock(having, { kubectl, helm: `${environment}\nexec ${this.helm} "$@"` }).catch(String);
    this.#note(`docs/kubernetes.md, ${having}`, told);
    const { ok, told: missing } = await this.namespace.kubectl(['get', ...made]);
    if (!ok) this.#note(`docs/kubernetes.md, ${having}`, missing);
  }

  /** The number of pods that the release asks for. */
  async #replicas(service: string): Promise<number> {
    const deployments = await this.namespace.all<Deployment>('deployments', '-l', `app.kubernetes.io/name=${service}`);
    return deployments.reduce((sum, { spec }) => sum + spec.replicas, 0);
  }

  /** Changes whenever a Deployment does. */
  async #generations(): Promise<string> {
    return (await this.namespace.all<Deployment>('deployments')).map(({ metadata }) => `${metadata.name} ${metadata.generation}`).join();
  }

  async #must(...args: readonly string[]): Promise<void> {
    const { ok, told } = await this.#run(args);
    this.#note(args.join(' '), told);
    if (!ok && !told) this.#note(args.join(' '), 'fails');
  }

  #run(args: readonly string[]): Promise<Result> {
    return this.cluster.run(this.helm, [...args, '--namespace', this.namespace.name]);
  }

  /** Everything that a program says on its standard error is a fault. */
  #note(step: string, told: string): void {
    this.faults.push(...linesOf(told).map((line) => `${step}: ${line}`));
  }
}

const upgradeTo = (values: string): string[] => ['upgrade', 'nuncio', CHART, '-f', join(CHART, values)];
