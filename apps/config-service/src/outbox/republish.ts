import { AggregateRecord, configState, streamOf } from '@nuncio/contracts';
import type { BatchProducer } from '@nuncio/kafka';
import type { EntityManager } from 'typeorm';

const AT_ONCE = 500;

const STATES = `
  select kind, id, position::float8 as position, version, (extract(epoch from at) * 1000)::float8 as at, state
  from config.aggregates where position > $1 order by position limit ${AT_ONCE}`;

/**
 * Writes the last state of every aggregate to `config.state` once more, and answers how many. The transaction of `manager` holds the lock of the head, so
 * that these are the newest states there are. The relay may go on beside it: what it writes later is as new, or is followed by what is.
 */
export async function republish(manager: EntityManager, producer: Pick<BatchProducer, 'sendJson'>): Promise<number> {
  let count = 0;
  for (let after = 0; ; ) {
    const rows = await manager.query<{ position: number }[]>(STATES, [after]);
    const last = rows.at(-1);
    if (!last) return count;
    // Parsing cuts off what the service keeps in a state for itself.
    const records = rows.map((row) => AggregateRecord.parse(row));
    await Promise.all(records.map((record) => producer.sendJson(configState, streamOf(record.kind, record.id), record)));
    count += records.length;
    after = last.position;
  }
}
