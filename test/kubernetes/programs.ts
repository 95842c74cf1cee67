import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '@nuncio/embedded';
import { WORKSPACE } from '../chart/helm.js';

export interface Programs {
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string;
}

/** A Go module that lists the programs, with their versions and checksums. */
const MODULE = join(WORKSPACE, 'test/kubernetes/servers');
/** Published modules with the definitions of the custom resources that the chart has. */
const DEFINITIONS = {
  'github.com/kedacore/keda/v2@v2.21.0': ['config/crd/bases/keda.sh_scaledobjects.yaml'],
  'sigs.k8s.io/gateway-api@v1.3.0': ['config/crd/standard/gateway.networking.k8s.io_httproutes.yaml'],
  'github.com/prometheus-operator/prometheus-operator@v0.85.0': ['servicemonitors', 'prometheusrules'].map((name) => `example/prometheus-operator-crd/monitoring.coreos.com_${name}.yaml`),
};

/** Builds the programs unless they were built before. It needs Go, and takes about ten minutes of processor time. */
export function programs(): Programs {
  const [, version = ''] = /k8s\.io\/kubernetes v(\S+)/.exec(readFileSync(join(MODULE, 'go.mod'), 'utf8')) ?? [];
  const dir = join(cacheDirectory(), `kubernetes-${version}`);
  const built = { etcd: join(dir, 'server'), apiServer: join(dir, 'kube-apiserver'), kubectl: join(dir, 'kubectl') };
  if (Object.values(built).every((file) => existsSync(file))) return built;
  const [major, minor] = version.split('.');
  const stamp = Object.entries({ gitVersion: `v${version}`, gitMajor: major, gitMinor: minor }).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value ?? ''}`);
  go(['install', '-ldflags', ['-s', '-w', ...stamp].join(' '), 'tool'], { GOBIN: dir });
  return built;
}

/** The files with the definitions of custom resources. */
export function definitions(): string[] {
  return Object.entries(DEFINITIONS).flatMap(([module, files]) => {
    const { Dir } = JSON.parse(go(['mod', 'download', '-json', module])) as { Dir: string };
    return files.map((file) => join(Dir, file));
  });
}

const go = (args: readonly string[], env: NodeJS.ProcessEnv = {}): string => execFileSync('go', args, { cwd: MODULE, env: { ...process.env, ...env }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
