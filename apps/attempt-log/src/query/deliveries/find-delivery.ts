import type { DataSource } from 'typeorm';
import type { StoredDelivery } from './stored-delivery.js';
import type { Reach } from '../reach.js';
import { notFound, selectOne } from '../select.js';

/**
 * One delivery within the caller's reach. Throws Fault `not-found`, the same whether it does not exist or belongs to
 * somebody else.
 */
export async function findDelivery(dataSource: DataSource, id: string, reach: Reach): Promise<StoredDelivery> {
  const row = await selectOne<StoredDelivery>(dataSource, {
    select: '*',
    from: 'log.deliveries',
    where: (bind) => [`id = ${bind(id)}`, ...reach(bind)],
    orderBy: 'event_at DESC',
  });
  if (!row) throw notFound('delivery');
  return row;
}
