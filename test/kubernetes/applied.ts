import { type Manifest, render, renderedText } from '../chart/helm.js';
import { type Cluster, linesOf } from './cluster.js';
import { list, Namespace } from './namespace.js';

/**
 * Applies an example as GitOps does, from the server's side, with no field that it does not know, and offers it the pods, which controllers would make.
 * Returns what is refused, and every warning.
 */
export async function applied(cluster: Cluster, helm: string, values: string): Promise<string[]> {
  const namespace = await Namespace.create(cluster, values.replace(/^ci\/|\.yaml$/g, ''));
  const all = await namespace.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], renderedText(helm, values));
  const pods = await namespace.kubectl(['create', '--dry-run=server', '--validate=strict', '-f', '-'], list(podsOf(render(helm, values))));
  return [all, pods].flatMap(({ ok, told }) => linesOf(ok || told ? told : 'kubectl fails')).map((fault) => `${values}: ${fault}`);
}

const podsOf = (manifests: readonly Manifest[]): object[] =>
  manifests.flatMap(({ metadata, spec }) => {
    const { template } = (spec ?? {}) as { readonly template?: { readonly metadata: object; readonly spec: object } };
    return template ? [{ apiVersion: 'v1', kind: 'Pod', metadata: { ...template.metadata, name: metadata.name }, spec: template.spec }] : [];
  });
