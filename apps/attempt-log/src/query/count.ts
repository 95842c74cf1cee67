import { pageOf } from '@nuncio/service';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { Search } from './search.js';
import type { Page } from './select.js';
import { binding, whereOf } from './statement.js';

/** `?count=true` of a list also returns the number of all matches. */
export const countParameter = { count: z.enum(['true', 'false']).default('false').describe('Whether to return the number of all matches') };

/** `exact` false = PostgreSQL's estimate, since counting would have read too much. */
const Count = z.object({ value: z.number().describe('The number'), exact: z.boolean() }).meta({ id: 'Count' });
export type Count = z.infer<typeof Count>;

/** The schema of a list that may have a count. */
export const listOf = <S extends z.ZodType>(item: S) => pageOf(item).extend({ count: Count.optional().describe('The number of all matches, if it was asked for') });

/** A page, with the count if it was asked for. */
export interface Listed<T> extends Page<T> {
  readonly count?: Count;
}

/**
 * In units of PostgreSQL's planner, where a row by an index costs 1 to 4. Queries up to this take some tens of
 * milliseconds.
 */
const MAX_COST = 50_000;

type Plan = readonly [{ readonly 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Total Cost': number; readonly 'Plan Rows': number } }] }];

/** Counts exactly if PostgreSQL's plan says that this is cheap; else returns the plan's estimate. */
export async function countOf(dataSource: DataSource, { from, where, lead }: Pick<Search, 'from' | 'where' | 'lead'>): Promise<Count> {
  const { values, bind } = binding();
  const conditions = [...lead(bind), ...where(bind)];
  const rows = `FROM ${from(bind)} ${whereOf(conditions)}`;
  const [{ 'QUERY PLAN': plan }] = await dataSource.query<Plan>(`EXPLAIN (FORMAT JSON) SELECT 1 ${rows}`, values);
  const { 'Total Cost': cost, 'Plan Rows': estimate } = plan[0].Plan;
  if (cost > MAX_COST) return { value: estimate, exact: false };
  const [counted] = await dataSource.query<{ value: number }[]>(`SELECT count(*)::float8 AS value ${rows}`, values);
  return { value: counted?.value ?? 0, exact: true };
}
