import { createHash } from 'node:crypto';

/** Attributes that are no extensions. `log.event_keys` has keys of `subject` and of every extension. */
export const NOT_EXTENSIONS = ['specversion', 'id', 'source', 'type', 'time', 'subject', 'datacontenttype', 'dataschema', 'tenant'] as const;
const WITHOUT_KEY: ReadonlySet<string> = new Set(NOT_EXTENSIONS.filter((name) => name !== 'subject'));

/**
 * The key that an event is found by: 64 bits of a hash, as a PostgreSQL bigint. Two values may share a key, so whoever finds an event by it must
 * compare the value.
 */
export const eventKey = (name: string, value: string): string => createHash('sha256').update(`${name}\0${value}`).digest().readBigInt64BE().toString();

/** The keys of an event's attributes. */
export const keysOf = (attributes: Readonly<Record<string, string>>): string[] =>
  Object.entries(attributes).flatMap(([name, value]) => (WITHOUT_KEY.has(name) ? [] : [eventKey(name, value)]));

/** The key of an event that is addressed to a tenant but has no delivery there. No attribute's name has a space, so it cannot collide. */
export const unmatchedKey = (tenant: string): string => eventKey('unmatched tenant', tenant);
