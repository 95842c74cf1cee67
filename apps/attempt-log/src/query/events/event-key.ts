import { createHash } from 'node:crypto';

/** Attributes that have filters of their own, or are the log's business alone: of the rest, and of `subject`, `log.event_keys` has keys. */
export const NOT_EXTENSIONS = ['specversion', 'id', 'source', 'type', 'time', 'subject', 'datacontenttype', 'dataschema', 'tenant'] as const;
const WITHOUT_KEY: ReadonlySet<string> = new Set(NOT_EXTENSIONS.filter((name) => name !== 'subject'));

/** What an event is found by, as a bigint of PostgreSQL: 64 bits of a hash. Two may share one, so that whatever is found by it is compared with what was asked for. */
export const eventKey = (name: string, value: string): string => createHash('sha256').update(`${name}\0${value}`).digest().readBigInt64BE().toString();

/** The keys of an event's attributes. */
export const keysOf = (attributes: Readonly<Record<string, string>>): string[] =>
  Object.entries(attributes).flatMap(([name, value]) => (WITHOUT_KEY.has(name) ? [] : [eventKey(name, value)]));

/** The key of an event that nobody gets, or not all whom it names, by a tenant that it is addressed to. No attribute has a name with a blank. */
export const unmatchedKey = (tenant: string): string => eventKey('unmatched tenant', tenant);
