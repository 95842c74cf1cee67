import type { Bind } from '../statement.js';
import { equals, isAnyOf, type Filter } from './filter.js';

/** Of `log.events` under this name. The index has hashes, so it is asked for the hash; ids that share one differ in the second condition. */
export const byCeId = (table: string): Filter<string[]> => ({
  ...equals(`${table}.ce_id`),
  where: (ids: string[], bind: Bind) => `hashtextextended(${table}.ce_id, 0) = ANY(ARRAY(SELECT hashtextextended(given, 0) FROM unnest(${bind(ids)}::text[]) given)) AND ${isAnyOf(`${table}.ce_id`, ids, bind)}`,
});
