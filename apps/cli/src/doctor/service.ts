import { existsSync, readFileSync } from 'node:fs';
import { causeOf } from '../api.js';
import { DEV_FILE } from '../profile.js';
import { withRunbook, type Finding } from './finding.js';

const ANSWER_WITHIN_MS = 5_000;

/** Above these limits something is wrong (docker/prometheus/alerts.yaml). */
const LIMITS: readonly { readonly metric: string; readonly most: number; readonly mend: string }[] = [
  { metric: 'nuncio_relay_failing', most: 0, mend: 'changes of configuration are not published: docs/runbooks/configuration-not-published.md' },
  { metric: 'nuncio_log_lag_seconds', most: 60, mend: 'the log is behind: docs/runbooks/log-behind.md' },
  { metric: 'nuncio_due_late_seconds', most: 60, mend: 'due work is late: docs/runbooks/due-work-late.md' },
  { metric: 'nuncio_oldest_unfinished_seconds', most: 60, mend: 'a partition is stuck: docs/runbooks/stuck-partition.md' },
];

/** Asks one service at its own port: whether it is ready, its version, and its metrics. Works without the gateway. */
export async function checkService(url: string): Promise<Finding[]> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const { missing = [], impaired = [] } = (await (await fetch(`${url}/health/ready`, { signal })).json()) as { missing?: string[]; impaired?: string[] };
    const metrics = await (await fetch(`${url}/metrics`, { signal })).text();
    const build = /^nuncio_build_info\{(.*)\} 1$/m.exec(metrics)?.[1] ?? '';
    const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(build)?.[1] ?? '?';
    const what = build ? `${label('service')} at ${url}` : url;
    const late = LIMITS.flatMap(({ metric, most, mend }) => {
      const worst = Math.max(0, ...Array.from(metrics.matchAll(new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)$`, 'gm')), ([, value]) => Number(value)).filter((value) => !Number.isNaN(value)));
      return worst > most ? [{ what, ok: false, detail: `${metric} is ${worst}: ${mend}` }] : [];
    });
    const ready = { what, ok: !missing.length, detail: missing.length ? `it is not ready: ${withRunbook(missing)}` : `ready, version ${label('version')}, Node ${label('node')}` };
    return [ready, ...impaired.map((fault) => ({ what, ok: false, detail: `it is ready, but ${withRunbook([fault])}` })), ...late];
  } catch (error) {
    return [{ what: url, ok: false, detail: `it does not answer (${causeOf(error)}): read the end of its log (docs/runbooks/service-down.md)` }];
  }
}

/** The services of `npm start` in this folder. The gateway does not show its metrics. */
export function devServices(): string[] {
  if (!existsSync(DEV_FILE)) return [];
  const { services = {} } = JSON.parse(readFileSync(DEV_FILE, 'utf8')) as { services?: Record<string, { port: number }> };
  return Object.entries(services).flatMap(([name, { port }]) => (name.startsWith('gateway') ? [] : [`http://127.0.0.1:${port}`]));
}
