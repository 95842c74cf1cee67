import { AggregateKind, type AggregateRecord, type Subscription } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { EntityManager } from 'typeorm';
import { aggregates } from '../aggregates.js';
import { changed, nuncio, Transaction } from '../event-store/index.js';
import { restored } from '../subscriptions/subscription.js';

const LIVING = 'select kind, id, position::float8 as position from config.aggregates where not deleted order by kind, id';

export interface Outranked {
  /** Of the last event now. */
  readonly head: number;
  /** How many are again what they were at the moment that the database was restored to. */
  readonly restored: number;
  /** Those that came after it, as deleted, which are to be published. */
  readonly withdrawn: readonly AggregateRecord[];
}

/**
 * Has a database that was restored to an earlier moment count for everybody, within the transaction that holds the lock of the head. Services keep what is at a later
 * position. So positions go on after `published`, the last one that was given away; what differs from `view`, in which all kinds were published, gets an event of its
 * own there; and what the database does not have is deleted there. `view` null = the topic was lost, too.
 */
export async function outrank(manager: EntityManager, view: Pick<ConfigView, 'get' | 'all'> | null, published: number): Promise<Outranked> {
  await manager.query('update config.head set position = $1', [published]);
  const transaction = new Transaction(manager, nuncio, Date.now(), published);
  const living = await manager.query<{ kind: AggregateKind; id: string; position: number }[]>(LIVING);
  let count = 0;
  for (const { kind, id, position } of living) {
    if (view?.get(kind, id)?.position === position) continue;
    const found = await transaction.get(aggregates[kind], id);
    await transaction.append(aggregates[kind], found, [kind === 'subscription' ? restored(found.state as Subscription) : changed({})]);
    count += 1;
  }
  const ids = new Set(living.map(({ kind, id }) => `${kind} ${id}`));
  const later = view ? AggregateKind.options.flatMap((kind) => [...view.all(kind)].filter(({ id }) => !ids.has(`${kind} ${id}`))) : [];
  const withdrawn = later.map(({ kind, id, version }, n): AggregateRecord => ({ kind, id, position: transaction.position + n + 1, version: version + 1, at: transaction.at, state: null }));
  const head = transaction.position + withdrawn.length;
  await manager.query('update config.head set position = $1', [head]);
  return { head, restored: count, withdrawn };
}
