import { z } from 'zod';
import type { Aggregate, RecordedChange } from './aggregate.js';
import type { RecordedEvent } from './recorded-event.entity.js';
import { Resource } from './resource.entity.js';

/** An RFC 3339 time in a query. */
export const Time = z.iso.datetime({ offset: true, error: 'must be an RFC 3339 time such as 2026-01-31T12:00:00Z' }).transform((text) => new Date(text));

// PostgreSQL's integer.
const Version = z.coerce.number().int().min(1).max(2 ** 31 - 1);

/** `?at=` or `?version=`: an earlier state; without both, the present one. */
export const PastQuery = z
  .strictObject({
    at: Time.optional().describe('Show the state at this time; without it, the present one'),
    version: Version.optional().describe('Show the state of this version, which an entry of the audit names. Changes in the same millisecond have versions of their own'),
  })
  .refine(({ at, version }) => at === undefined || version === undefined, { path: ['version'], message: 'must be left out if `at` is given' });
export type PastQuery = z.infer<typeof PastQuery>;

/** The state of an aggregate after `events`, all events of its stream up to a time or version; null = it did not exist. */
export function replay<S extends object>(aggregate: Aggregate<S>, events: readonly RecordedEvent[]): Resource<S> | null {
  const last = events.at(-1);
  const life = lifeOf(
    aggregate,
    events.map(({ type, data, position, at }) => ({ type, data, position, at: at.getTime() })),
  );
  if (!last || !life || life.deleted) return null;
  const { kind, id, version, position, tenant, groups } = last;
  const { name = null, links = [] } = aggregate.index(life.state);
  const { created, createdAt, state } = life;
  return Object.assign(new Resource<S>(), { kind, id, version, position, created, createdAt: new Date(createdAt), updatedAt: last.at, tenant, groups, name, links, state });
}

interface Life<S> {
  /** The present state; the last one of a deleted aggregate. */
  readonly state: S;
  readonly deleted: boolean;
  /** Position and time (epoch milliseconds) of its first event, or of the first after its last deletion. */
  readonly created: number;
  readonly createdAt: number;
}

/** The result of all changes of a stream; null = there are none. */
export function lifeOf<S extends object>(aggregate: Aggregate<S>, changes: readonly RecordedChange[]): Life<S> | null {
  let state: S | null = null;
  let last: S | null = null;
  let [first] = changes;
  for (const change of changes) {
    if (state === null) first = change;
    state = aggregate.evolve(state, change);
    last = state ?? last;
  }
  return last && first ? { state: last, deleted: state === null, created: first.position, createdAt: first.at } : null;
}
