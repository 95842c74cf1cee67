import type { Cluster, Result } from './cluster.js';

const ACCOUNTS = ['default', 'nuncio', 'nuncio-dispatcher'];

export interface Named {
  readonly metadata: { readonly name: string; readonly generation?: number };
}

/** A namespace that admits only pods of PodSecurity `restricted`, with the accounts that `ci/*.yaml` name. */
export class Namespace {
  private constructor(
    private readonly cluster: Cluster,
    readonly name: string,
  ) {}

  static async create(cluster: Cluster, name: string): Promise<Namespace> {
    const labels = Object.fromEntries(['enforce', 'warn', 'audit'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']));
    const accounts = ACCOUNTS.map((account) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace: name } }));
    await cluster.must(['apply', '--server-side', '-f', '-'], list([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }, ...accounts]));
    return new Namespace(cluster, name);
  }

  kubectl(args: readonly string[], input?: string): Promise<Result> {
    return this.cluster.kubectl(['--namespace', this.name, ...args], input);
  }

  async all<T = Named>(kinds: string, ...more: string[]): Promise<T[]> {
    return (JSON.parse(await this.cluster.must(['--namespace', this.name, 'get', kinds, '-o', 'json', ...more])) as { items: T[] }).items;
  }
}

export const list = (items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
