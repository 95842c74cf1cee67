import type { DataSource } from 'typeorm';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { countOf, type Count } from '../count.js';
import type { Bind } from '../filters/filter.js';
import { selectOne } from '../select.js';

const WAITING = ['pending', 'held', 'parked'] as const;

/** `exact` false = PostgreSQL's estimate, since counting would have read too much. `oldestAt`: when the oldest one's event was published. */
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
