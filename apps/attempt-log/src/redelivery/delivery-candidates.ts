import { isAfter, type Candidates } from './candidates.js';
import { ERRAND_COLUMNS, WITH_EVENT } from './errand-record.js';
import { binding, type Bind } from '../query/statement.js';

/** The deliveries that meet all conditions. */
export const deliveriesWhere = (where: (bind: Bind) => string[]): Candidates => ({
  groups: (database) => {
    const { bind, values } = binding();
    return database.query(`SELECT subscription, callback, event_type, count(*)::int AS count FROM log.deliveries WHERE ${where(bind).join(' AND ')} GROUP BY 1, 2, 3`, values);
  },

  next: (database, after, limit) => {
    const { bind, values } = binding();
    const all = [...where(bind), ...isAfter(after, bind)].join(' AND ');
    const found = `SELECT * FROM log.deliveries WHERE ${all} ORDER BY event_at, id LIMIT ${bind(limit)}`;
    return database.query(`SELECT d.id AS position_id, ${ERRAND_COLUMNS} FROM (${found}) d LEFT ${WITH_EVENT} ORDER BY d.event_at, d.id`, values);
  },
});
