import { AggregateKind, type AggregateRecord, type Subscription } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import type { EntityManager } from 'typeorm';
import { aggregates } from '../aggregates.js';
import { changed, nuncio, Transaction } from '../event-store/index.js';
import { restored } from '../subscriptions/subscription.js';

const LIVING = 'select kind, id, position::float8 as position from config.aggregates where not deleted order by kind, id';

export interface Outranked {
  /** Position of the last event now. */
  readonly head: number;
  /** Number of aggregates that are back in the state of the moment that the database was restored to. */
  readonly restored: number;
  /** Deletions to publish, of aggregates that were created after that moment. */
  readonly withdrawn: readonly AggregateRecord[];
}

/**
 * Makes a database that was restored to an earlier moment authoritative again. Runs within the transaction that holds the lock of `config.head`.
 * Services ignore states at positions below those they have, so positions go on after `published`, the last one used. Aggregates that differ from
 * `view`, the published states, get a new event. Published aggregates that the database lacks are published as deleted. `view` null = the topic was
 * lost, too.
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
