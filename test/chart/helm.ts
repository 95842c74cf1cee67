import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '@nuncio/embedded';
import { parseAllDocuments } from 'yaml';

/** Found from the source and from the built file. */
export const WORKSPACE = fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../../..' : '../..', import.meta.url));
export const CHART = join(WORKSPACE, 'docker/helm');
/** `ci/*.yaml`: an installation each. */
export const INSTALLATIONS = globSync('ci/*.yaml', { cwd: CHART }).sort();

const MODULE = 'helm.sh/helm/v3/cmd/helm@v3.22.0';
const KUBERNETES = ['--kube-version', '1.31.0'];
const cache = join(cacheDirectory(), 'helm-3.22.0');

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: unknown;
}

/** Helm from PATH, or one built earlier. With `CHECK_CHART` it is built if there is none (needs Go; takes minutes); else null. */
export function helmCommand(): string | null {
  if (spawnSync('helm', ['version']).status === 0) return 'helm';
  const built = join(cache, 'helm');
  if (existsSync(built)) return built;
  if (!process.env.CHECK_CHART) return null;
  execFileSync('go', ['install', MODULE], { env: { ...process.env, GOBIN: cache }, stdio: ['ignore', 'inherit', 'inherit'] });
  return built;
}

/** The output of `helm lint --strict` if it fails; empty = it passes. */
export function faultsOf(helm: string, values: string): string {
  const { status, stdout, stderr } = spawnSync(helm, ['lint', CHART, '--strict', '-f', join(CHART, values), ...KUBERNETES], { encoding: 'utf8' });
  return status === 0 ? '' : stdout + stderr;
}

/** What Helm says of values that it refuses; empty = it takes them. `values` is YAML, over `ci/minimal.yaml`. */
export function refusalOf(helm: string, values: string): string {
  const { status, stderr } = spawnSync(helm, ['template', 'nuncio', CHART, '-f', join(CHART, 'ci/minimal.yaml'), '-f', '-', ...KUBERNETES], { input: values, encoding: 'utf8', maxBuffer: 2 ** 26 });
  return status === 0 ? '' : stderr;
}

/** What `helm template` prints. */
export const renderedText = (helm: string, values: string): string =>
  execFileSync(helm, ['template', 'nuncio', CHART, '--namespace', 'webhooks', '-f', join(CHART, values), ...KUBERNETES], { encoding: 'utf8', maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'ignore'] });

export const render = (helm: string, values: string): Manifest[] =>
  parseAllDocuments(renderedText(helm, values))
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
