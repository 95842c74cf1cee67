import type { Api, Json } from '../api.js';
import { Refused } from '../refused.js';
import { clockFinding, withRunbook, type Finding } from './finding.js';

interface Gauges {
  readonly inFlight: number;
  readonly queued: number;
  readonly held: number;
  readonly oldestUnfinishedSeconds: number;
  readonly watermarkSpan: number;
}

interface Instance {
  readonly service: string;
  readonly instance: string;
  readonly version: string;
  readonly seenAt: string;
  readonly ready: boolean;
  readonly faults: readonly string[];
  readonly gauges?: Gauges;
}

interface GroupLag {
  readonly group: string;
  readonly topic: string;
  readonly lagRecords: number;
  readonly lagSeconds: number;
}

/** The answer of `GET /v1/fleet`. */
interface Fleet {
  readonly at: string;
  readonly instances: readonly Instance[];
  readonly groups: readonly GroupLag[];
}

/** What stops while no process of a service runs. */
const SERVICES: Readonly<Record<string, string>> = {
  'attempt-log': 'attempts are not stored',
  'config-service': 'configuration cannot be changed',
  dispatcher: 'nothing is delivered',
  gateway: 'nothing reaches the API',
  'token-service': 'no token is renewed',
};

/** A process sends a report every 10 s. */
const SILENT_AFTER_MS = 15_000;
/** The limits of the alerts (docker/prometheus/alerts.yaml). */
const LATE_SECONDS = 60;
const SPAN_MOST = 18_000;

/** The runbook for a consumer group that is behind. */
const BEHIND: Readonly<Record<string, string>> = {
  'attempt-log': 'log-behind.md',
  delay: 'due-work-late.md',
  dispatcher: 'due-work-late.md',
};

/** The checks of all processes and consumer groups. They need an API key of the role admin. */
export async function checkFleet(api: Api): Promise<Finding[]> {
  try {
    const fleet = await api.call<Fleet & Json>('GET /v1/fleet');
    return [...findingsOf(fleet), await checkQuarantine(api)];
  } catch (error) {
    const isForbidden = error instanceof Refused && error.http === 403;
    return [{ what: 'fleet', ok: isForbidden ? null : false, detail: isForbidden ? 'not checked: processes, versions and lags are shown to API keys of the role admin' : (error as Error).message }];
  }
}

/** Pure. `now`: epoch milliseconds of this machine. */
function findingsOf({ at, instances, groups }: Fleet, now = Date.now()): Finding[] {
  const missing = Object.entries(SERVICES).filter(([service]) => !instances.some((instance) => instance.service === service));
  return [
    ...instances.map((instance) => ofInstance(instance, Date.parse(at))),
    ...missing.map(([what, lost]): Finding => ({ what, ok: false, detail: `no process has reported for 10 minutes, so ${lost}: start one (docs/runbooks/service-down.md)` })),
    ofVersions(instances),
    clockFinding('clock of Kafka', Date.parse(at), now),
    ...ofGroups(groups),
  ];
}

function ofInstance({ service, instance, version, seenAt, ready, faults, gauges }: Instance, at: number): Finding {
  const what = `${service} ${instance}`;
  const silentMs = at - Date.parse(seenAt);
  if (silentMs > SILENT_AFTER_MS) return { what, ok: false, detail: `it has not reported for ${Math.round(silentMs / 1_000)} s: it was killed, stands still, or cannot reach Kafka (docs/runbooks/service-down.md)` };
  if (!ready) return { what, ok: false, detail: `it is not ready: ${withRunbook(faults)}` };
  if (faults.length) return { what, ok: false, detail: `it is ready, but ${withRunbook(faults)}` };
  const stuck = gauges && (gauges.oldestUnfinishedSeconds > LATE_SECONDS || gauges.watermarkSpan >= SPAN_MOST);
  const load = gauges ? `, ${gauges.inFlight} in flight, ${gauges.queued} queued, ${gauges.held} held, oldest unfinished record ${Math.round(gauges.oldestUnfinishedSeconds)} s` : '';
  return { what, ok: !stuck, detail: `ready, version ${version}${load}${stuck ? ': a partition makes no progress (docs/runbooks/stuck-partition.md)' : ''}` };
}

function ofVersions(instances: readonly Instance[]): Finding {
  const versions = [...Map.groupBy(instances, ({ version }) => version)].map(([version, some]) => `${version} (${some.length})`).sort();
  return { what: 'versions', ok: versions.length < 2, detail: `${versions.join(', ') || 'none'}${versions.length < 2 ? '' : ': finish the upgrade, or go back (docs/upgrading.md)'}` };
}

function ofGroups(groups: readonly GroupLag[]): Finding[] {
  if (!groups.length) return [{ what: 'lag', ok: false, detail: 'unknown, since attempt-log gets no answer from Kafka: read its log' }];
  return [...Map.groupBy(groups, ({ group, topic }) => `lag of ${group} on ${topic}`)].map(([what, partitions]) => {
    const records = partitions.reduce((sum, { lagRecords }) => sum + lagRecords, 0);
    const seconds = Math.max(...partitions.map(({ lagSeconds }) => lagSeconds));
    const ok = seconds <= LATE_SECONDS;
    return { what, ok, detail: `${records} records, ${seconds} s${ok ? '' : `: docs/runbooks/${BEHIND[partitions[0]?.group ?? ''] ?? 'service-down.md'}`}` };
  });
}

/** Records with the reason `failed` are there because of a fault of Nuncio. */
async function checkQuarantine(api: Api): Promise<Finding> {
  const { items } = await api.call<{ items: readonly Json[] }>('GET /v1/quarantine', { query: { reason: 'failed', republished: 'false', limit: '1' } });
  const [worst] = items;
  return { what: 'quarantine', ok: !worst, detail: worst ? `a record failed because of a fault of Nuncio: \`nuncio quarantine show ${String(worst.id)}\` (docs/runbooks/quarantine.md)` : 'no record failed because of a fault of Nuncio' };
}
