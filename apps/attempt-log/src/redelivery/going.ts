import type { DataSource, EntityManager } from 'typeorm';
import { Pace } from '../query/events/pace.js';
import { positionOf, type Candidates, type Group, type Position, type Sought } from './candidates.js';
import type { MayGo, Prevented } from './may-go.js';
import type { OperationKind } from './operation.js';

/** A candidate that will be sent, with its event's payload. */
type Going = Sought & { readonly payload: Buffer };

/**
 * Canceling needs no permission from configuration. A delivery is brought forward only if it would be sent now: a dispatcher would cancel or hold it
 * otherwise.
 */
const goes = (kind: OperationKind, subscription: string, may: MayGo, prevented: () => Prevented | null): boolean =>
  kind === 'cancel' || (prevented() === null && (kind !== 'send-now' || (may.isOpen(subscription) && may.pausedUntil(subscription) === null)));

const isKept = (sought: Sought): sought is Going => sought.payload !== null;

/** The candidates that will be sent: their event is kept, and configuration allows it. */
export async function goingOf(kind: OperationKind, found: readonly Sought[], may: MayGo): Promise<Going[]> {
  const pace = new Pace();
  const going: Going[] = [];
  for (const sought of found.filter(isKept)) {
    if (goes(kind, sought.subscription, may, () => may.prevents(sought))) going.push(sought);
    await pace.after(sought.payload);
  }
  return going;
}

/** What an operation would do. */
export interface Forecast {
  readonly count: number;
  readonly byCallback: ReadonlyMap<string, number>;
  /** The oldest candidates. */
  readonly sample: readonly Going[];
  /** Counting stopped early, since it took too long: there are at least `count`. */
  readonly atLeast: boolean;
}

/** Payloads may be 1 MiB each. */
const AT_ONCE = 50;
const SAMPLE = 10;
/** A third of the gateway's timeout. */
const PATIENCE_MS = 20_000;

/**
 * Counts what an operation would send. PostgreSQL counts if event type and subscription decide. If a filter decides, each payload is read, as in the
 * operation itself.
 */
export async function forecast(database: DataSource | EntityManager, kind: OperationKind, candidates: Candidates, may: MayGo): Promise<Forecast> {
  const groups = await candidates.groups(database);
  return groups.some((group) => may.isFiltered(group)) ? oneByOne(database, kind, candidates, may) : together(database, kind, candidates, groups, may);
}

async function together(database: DataSource | EntityManager, kind: OperationKind, candidates: Candidates, groups: readonly Group[], may: MayGo): Promise<Forecast> {
  const going = groups.filter((group) => goes(kind, group.subscription, may, () => may.preventsAll(group)));
  const byCallback = new Map<string, number>();
  for (const { callback, count } of going) byCallback.set(callback, (byCallback.get(callback) ?? 0) + count);
  const sample = going.length ? (await goingOf(kind, await candidates.next(database, null, AT_ONCE), may)).slice(0, SAMPLE) : [];
  return { count: going.reduce((sum, { count }) => sum + count, 0), byCallback, sample, atLeast: false };
}

async function oneByOne(database: DataSource | EntityManager, kind: OperationKind, candidates: Candidates, may: MayGo): Promise<Forecast> {
  const byCallback = new Map<string, number>();
  const sample: Going[] = [];
  const startedAt = performance.now();
  let count = 0;
  let after: Position | null = null;
  for (;;) {
    const found = await candidates.next(database, after, AT_ONCE);
    const going = await goingOf(kind, found, may);
    count += going.length;
    for (const { callback } of going) byCallback.set(callback, (byCallback.get(callback) ?? 0) + 1);
    sample.push(...going.slice(0, SAMPLE - sample.length));
    const last = found.at(-1);
    const isLast = found.length < AT_ONCE || !last;
    if (isLast || performance.now() - startedAt > PATIENCE_MS) return { count, byCallback, sample, atLeast: !isLast };
    after = positionOf(last);
  }
}
