import type { Command } from 'commander';
import type { Query } from './api.js';
import { EXIT, Refusal } from './refusal.js';
import { momentOf } from './time.js';

/** Filters of the command line: `--where name=value`, and short forms of the most frequent. */
export interface Where {
  readonly where?: readonly string[];
  readonly tenant?: string;
  readonly callback?: string;
  readonly status?: string;
  readonly since?: string;
  readonly until?: string;
}

/** Collects the values of an option that may be repeated. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Reads the value of a time option. */
export const moment = (text: string): string => momentOf(text);

/** The filters that have an option of their own, and their placeholders. */
const FILTERS = {
  tenant: ['<tenant>'],
  callback: ['<callback>'],
  status: ['<status>'],
  since: ['<time>', '15m, 2h, 7d ago, or an RFC 3339 time'],
  until: ['<time>', 'the same'],
} as const;
export type Filter = keyof typeof FILTERS;

/**
 * Adds the filter options to a command. The installation decides which filters exist; an unknown one is refused with a list of
 * them.
 */
export const withFilters = (command: Command, filters: readonly Filter[]): Command =>
  filters.reduce(
    (made, name) => {
      const [placeholder, summary] = FILTERS[name];
      return placeholder === '<time>' ? made.option(`--${name} ${placeholder}`, summary, moment) : made.option(`--${name} ${placeholder}`, summary);
    },
    command.option('-w, --where <filter=value>', 'any filter of the API; repeatable: the same filter again adds a value', collect),
  );

/** As the query of a list. */
export function queryOf({ where = [], tenant, callback, status, since, until }: Where): Query {
  const query: Record<string, string | string[]> = {};
  for (const filter of where) {
    const at = filter.indexOf('=');
    if (at < 1) throw new Refusal(`"${filter}" is no filter. Write name=value.`, EXIT.usage);
    const [name, value] = [filter.slice(0, at), filter.slice(at + 1)];
    const before = query[name];
    query[name] = before === undefined ? value : [before, value].flat();
  }
  const given = Object.entries({ tenant, callback, status, since, until }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { ...query, ...Object.fromEntries(given) };
}
