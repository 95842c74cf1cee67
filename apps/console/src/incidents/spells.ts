import type { Schemas } from '../api/client.js';

type Point = Pick<Schemas['StatsPoint'], 'at' | 'key' | 'attempts' | 'outcomes'>;

/** A time in which an endpoint failed, step after step. */
export interface Spell {
  readonly callback: string;
  /** The beginning of its first step, RFC 3339. */
  readonly from: string;
  /** The end of its last step. */
  readonly until: string;
  readonly failed: number;
  /** What most of it failed by. */
  readonly errorClass: string;
}

/** Of the failed attempts of each callback (`by=callback&status=failed`), the newest first: steps that follow each other are one. */
export function spellsOf(points: readonly Point[], stepMs: number): Spell[] {
  const failed = points.filter(({ key, attempts }) => key !== null && attempts > 0).toSorted((a, b) => a.at.localeCompare(b.at));
  return [...Map.groupBy(failed, ({ key }) => key ?? '')].flatMap(([callback, theirs]) => runs(theirs, stepMs).map((run) => spellOf(callback, run, stepMs))).sort((a, b) => b.until.localeCompare(a.until) || b.failed - a.failed);
}

function runs(points: readonly Point[], stepMs: number): Point[][] {
  const found: Point[][] = [];
  for (const point of points) {
    const run = found.at(-1);
    const last = run?.at(-1);
    if (run && last && Date.parse(point.at) - Date.parse(last.at) <= stepMs) run.push(point);
    else found.push([point]);
  }
  return found;
}

function spellOf(callback: string, run: readonly Point[], stepMs: number): Spell {
  const classes = new Map<string, number>();
  for (const { outcomes } of run) for (const [name, count] of Object.entries(outcomes)) if (name !== 'delivered') classes.set(name, (classes.get(name) ?? 0) + count);
  const [most = ['unknown']] = [...classes].sort(([, a], [, b]) => b - a);
  return {
    callback,
    from: run[0]?.at ?? '',
    until: new Date(Date.parse(run.at(-1)?.at ?? '') + stepMs).toISOString(),
    failed: run.reduce((sum, { attempts }) => sum + attempts, 0),
    errorClass: most[0],
  };
}
