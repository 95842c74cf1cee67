import { z } from 'zod';
import type { Aggregate } from './aggregate.js';
import type { RecordedEvent } from './recorded-event.entity.js';
import { Resource } from './resource.entity.js';

/** An RFC 3339 time in a query. */
export const Time = z.iso.datetime({ offset: true, error: 'must be an RFC 3339 time such as 2026-01-31T12:00:00Z' }).transform((text) => new Date(text));

/** `?at=`: as it was then; without it, as it is. */
export const AtQuery = z.strictObject({ at: Time.optional() });
export type AtQuery = z.infer<typeof AtQuery>;

/** What an aggregate was after `events`, which are all of its stream up to a moment; null = it was not there. */
export function replay<S extends object>(aggregate: Aggregate<S>, events: readonly RecordedEvent[]): Resource<S> | null {
  let state: S | null = null;
  let first: RecordedEvent | undefined;
  for (const event of events) {
    if (state === null) first = event;
    state = aggregate.evolve(state, { type: event.type, data: event.data, position: event.position, at: event.at.getTime() });
  }
  const last = events.at(-1);
  if (!state || !first || !last) return null;
  const { kind, id, version, position, tenant, groups } = last;
  const { name = null, links = [] } = aggregate.index(state);
  const { position: created, at: createdAt } = first;
  return Object.assign(new Resource<S>(), { kind, id, version, position, created, createdAt, updatedAt: last.at, tenant, groups, name, links, state });
}
