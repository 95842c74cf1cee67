import type { Bind } from '../query/filter.js';
import { ERRAND_COLUMNS, WITH_EVENT } from '../replay/errand-record.js';
import type { ErrandSource, Position } from './errand-source.js';

/** Deliveries that meet all conditions. */
export const deliveriesWhere = (asOf: string, where: (bind: Bind) => string[]): ErrandSource => ({
  count: async (database) => {
    const { bind, values } = binding();
    const all = [...where(bind), unchangedSince(asOf, bind)].join(' AND ');
    const [row] = await database.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM log.deliveries WHERE ${all}`, values);
    return row?.count ?? 0;
  },

  next: (tx, after, limit) => {
    const { bind, values } = binding();
    const all = [...where(bind), unchangedSince(asOf, bind), ...isAfter(after, bind)].join(' AND ');
    const found = `SELECT * FROM log.deliveries WHERE ${all} ORDER BY event_at, id LIMIT ${bind(limit)}`;
    return tx.query(`SELECT d.id AS position_id, ${ERRAND_COLUMNS} FROM (${found}) d LEFT ${WITH_EVENT} ORDER BY d.event_at, d.id`, values);
  },
});

export function binding(): { bind: Bind; values: unknown[] } {
  const values: unknown[] = [];
  return { values, bind: (value) => `$${values.push(value)}` };
}

const unchangedSince = (asOf: string, bind: Bind): string => `updated_at <= ${bind(asOf)}::timestamptz`;

/** The first half lets PostgreSQL leave earlier partitions out, which it does not conclude from the second. */
export function isAfter(after: Position | null, bind: Bind, from = ''): string[] {
  if (!after) return [];
  const [at, id] = [bind(after.at), bind(after.id)];
  return [`${from}event_at >= ${at}::timestamptz AND (${from}event_at, ${from}id) > (${at}::timestamptz, ${id})`];
}
