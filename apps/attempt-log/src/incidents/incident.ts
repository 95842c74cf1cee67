import type { Outage } from './outages.js';

type Kind = 'endpoint' | 'authorization-server';

/** An outage, and the host that caused it. `host` null = it is no longer known, since its callback or credential was deleted. */
export interface Located extends Outage {
  readonly kind: Kind;
  readonly host: string | null;
}

/** Outages that have the same cause and overlap, or follow each other closely. */
export interface Incident {
  readonly kind: Kind;
  readonly host: string | null;
  readonly errorClass: string;
  readonly since: Date;
  /** The end; null = the incident is still open. */
  readonly until: Date | null;
  readonly failed: number;
  /** Sorted by their beginning. */
  readonly outages: readonly Located[];
}

const TOGETHER_MS = 3_600_000;

/** Groups outages into incidents: one for each error class at each host. Returns open incidents first, then the newest. */
export function incidentsOf(outages: readonly Located[]): Incident[] {
  const causes = Map.groupBy(outages, ({ kind, host, id, errorClass }) => JSON.stringify([kind, host ?? id, errorClass]));
  return [...causes.values()].flatMap(together).map(incidentOf).sort((a, b) => endOf(b) - endOf(a) || b.since.getTime() - a.since.getTime());
}

/** Splits outages of one cause where more than an hour lies between them. */
function together(outages: readonly Located[]): Located[][] {
  const runs: Located[][] = [];
  let end = -Infinity;
  for (const outage of outages.toSorted((a, b) => a.since.getTime() - b.since.getTime() || a.id.localeCompare(b.id))) {
    if (outage.since.getTime() > end + TOGETHER_MS) runs.push([]);
    runs.at(-1)?.push(outage);
    end = Math.max(runs.at(-1)?.length === 1 ? -Infinity : end, outage.isOver ? outage.until.getTime() : Infinity);
  }
  return runs;
}

function incidentOf(outages: readonly Located[]): Incident {
  const [first] = outages;
  if (!first) throw new Error('an incident has an outage');
  const { kind, host, errorClass, since } = first;
  const isOver = outages.every((outage) => outage.isOver);
  return { kind, host, errorClass, since, until: isOver ? new Date(Math.max(...outages.map(({ until }) => until.getTime()))) : null, failed: outages.reduce((sum, { failed }) => sum + failed, 0), outages };
}

const endOf = ({ until }: Incident): number => until?.getTime() ?? Number.MAX_SAFE_INTEGER;
