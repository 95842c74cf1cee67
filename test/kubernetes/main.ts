import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitOnSignal, timed } from '@nuncio/embedded';
import { helmCommand, INSTALLATIONS } from '../chart/helm.js';
import { applied } from './applied.js';
import { Cluster } from './cluster.js';
import { Jobs } from './jobs.js';
import { definitions, programs } from './programs.js';
import { released } from './released.js';

/**
 * `npm run check:kubernetes`: builds the API server of Kubernetes (with Go, once), starts it on loopback, and gives it the chart: each `ci/*.yaml`
 * applied as `helm template` renders it, and a release that Helm installs, upgrades, rolls back and deletes. Prints everything that the API server
 * and its admission refuse or warn of; status 1 if there is something. There are no controllers and no nodes: no pod is made, and no container runs.
 */
const log = (line: string): void => {
  console.error(line);
};
exitOnSignal();
process.env.CHECK_CHART = 'true';
const dir = await mkdtemp(join(tmpdir(), 'nuncio-kubernetes-'));
try {
  const built = await timed(log, 'programs', async () => programs());
  const helm = helmCommand() ?? 'helm';
  const cluster = await timed(log, 'API server', () => Cluster.start(dir, built));
  const jobs = new Jobs(cluster.access);
  try {
    await prepare(cluster);
    await report(cluster, helm, jobs);
  } finally {
    await jobs.stop();
    await cluster.stop();
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}

/** Makes what a cluster has before the chart comes: the kinds of the chart's custom resources, and the priorities that an example names. */
async function prepare(cluster: Cluster): Promise<void> {
  for (const file of definitions()) await cluster.must(['apply', '--server-side', '-f', file]);
  await cluster.must(['wait', '--for=condition=established', '--timeout=60s', 'crd', '--all']);
  for (const name of ['important', 'most-important']) await cluster.must(['create', 'priorityclass', name, '--value=1000']);
}

async function report(cluster: Cluster, helm: string, jobs: Jobs): Promise<void> {
  const faults: string[] = [];
  for (const values of INSTALLATIONS) faults.push(...(await timed(log, values, () => applied(cluster, helm, values))));
  faults.push(...(await timed(log, 'a release', () => released(cluster, helm, jobs))));
  for (const fault of faults) console.log(fault);
  log(faults.length ? `${faults.length} faults` : 'Kubernetes accepts the chart');
  process.exitCode = faults.length ? 1 : 0;
}
