import type { DataSource } from 'typeorm';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { countOf, type Count } from '../count.js';
import { selectOne } from '../select.js';
import type { Bind } from '../statement.js';

const WAITING = ['pending', 'held', 'parked'] as const;

/** `exact` false = an estimate, since counting would have read too much. `oldestAt`: when the oldest one's event was published. */
const Waiting = z.object({ count: z.int(), exact: z.boolean(), oldestAt: Moment.nullable() }).meta({ id: 'Waiting' });
/** Waiting deliveries: those whose next attempt is due later, held ones, and parked ones. */
export const WaitingByKind = z.object({ pending: Waiting, held: Waiting, parked: Waiting });

export interface ShownWaiting {
  readonly count: number;
  readonly exact: boolean;
  readonly oldestAt: Date | null;
}

type Where = (bind: Bind) => string[];

/** Reads only indexes of waiting deliveries, however many have ended. */
export async function waitingByKind(dataSource: DataSource, where: Where): Promise<Record<(typeof WAITING)[number], ShownWaiting>> {
  const waiting = await Promise.all(WAITING.map(async (status) => [status, await waitingAs(dataSource, status, where)] as const));
  return Object.fromEntries(waiting) as Record<(typeof WAITING)[number], ShownWaiting>;
}

async function waitingAs(dataSource: DataSource, status: (typeof WAITING)[number], where: Where): Promise<ShownWaiting> {
  // A literal: with a parameter PostgreSQL does not see that the partial index covers the condition.
  const all: Where = (bind) => [`status = '${status}'`, ...where(bind)];
  const [{ value: count, exact }, oldest] = await Promise.all([
    countDeliveries(dataSource, all),
    selectOne<{ event_at: Date }>(dataSource, { select: 'event_at', from: 'log.deliveries', where: all, orderBy: 'event_at' }),
  ]);
  return { count, exact, oldestAt: oldest?.event_at ?? null };
}

export const countDeliveries = (dataSource: DataSource, where: Where): Promise<Count> => countOf(dataSource, { from: () => 'log.deliveries', lead: () => [], where });

/** Deliveries of one callback and kind that are counted one by one, and minutes of its counts that are read beyond that. */
const MOST = { deliveries: 10_000, minutes: 50_000 };

/** $1: callbacks. One row for each and each kind of waiting. Reads the index of waiting deliveries, and at most so much of it. */
const WAITING_OF = `
  SELECT w.*, CASE WHEN w.n > ${MOST.deliveries} THEN
    (SELECT sum(deliveries) FROM (SELECT status, deliveries FROM log.deliveries_by_minute WHERE callback = w.callback AND minute >= date_trunc('minute', w.oldest, 'UTC') ORDER BY minute LIMIT ${MOST.minutes}) m WHERE m.status = w.status)
  END::float8 AS counted
  FROM (
    SELECT c.callback, s.status, d.n, d.oldest FROM unnest($1::text[]) AS c (callback), unnest('{${WAITING.join(',')}}'::text[]) AS s (status), LATERAL (
      SELECT count(*)::int AS n, min(event_at) AS oldest FROM (
        SELECT event_at FROM log.deliveries WHERE callback = c.callback AND status = s.status AND status IN ('${WAITING.join("', '")}') ORDER BY event_at LIMIT ${MOST.deliveries + 1}
      ) first
    ) d
  ) w`;

interface WaitingRow {
  readonly callback: string;
  readonly status: (typeof WAITING)[number];
  readonly n: number;
  readonly oldest: Date | null;
  readonly counted: number | null;
}

/** What waits for each of some callbacks, in one statement. */
export async function waitingOf(dataSource: DataSource, callbacks: readonly string[]): Promise<(callback: string) => Record<(typeof WAITING)[number], ShownWaiting>> {
  const rows = Map.groupBy(await dataSource.query<WaitingRow[]>(WAITING_OF, [callbacks]), ({ callback }) => callback);
  return (callback) => {
    const shown = (rows.get(callback) ?? []).map(({ status, n, oldest, counted }) => [status, { count: counted ?? n, exact: counted === null, oldestAt: oldest }] as const);
    return { pending: NOTHING, held: NOTHING, parked: NOTHING, ...Object.fromEntries(shown) };
  };
}

const NOTHING: ShownWaiting = { count: 0, exact: true, oldestAt: null };
