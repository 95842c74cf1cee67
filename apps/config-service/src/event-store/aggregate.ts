import { isDeepStrictEqual } from 'node:util';
import type { AggregateKind } from '@nuncio/contracts';

/** An event that a decision results in. `data` is JSON; secrets in it are sealed. */
export interface Change {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A change as it is stored. `at`: epoch milliseconds. */
export interface RecordedChange extends Change {
  readonly position: number;
  readonly at: number;
}

/** The fields that the read model finds an aggregate by. */
export interface Index {
  readonly tenant: string | null;
  /** The groups that may see it; empty = the whole tenant. */
  readonly groups?: readonly string[];
  /** Id of the callback whose groups are used instead. */
  readonly owner?: string;
  /** Unique among all aggregates of its kind that are not deleted. */
  readonly name?: string;
  /** Streams that it depends on. None of them can be deleted while it exists. */
  readonly links?: readonly string[];
}

/** A kind of aggregate: how its state follows from its changes. The published state is what the contract's schema keeps of `S`. */
export interface Aggregate<S extends object> {
  readonly kind: AggregateKind;
  /** Whether an id may be used again after a deletion. Its stream then continues. */
  readonly reusesIds?: boolean;
  /** The state after the change; null = deleted. */
  evolve(state: S | null, change: RecordedChange): S | null;
  index(state: S): Index;
}

/** The common case: `created` carries the state, `deleted` ends it, any other change carries the fields that differ. */
export const replaceFields = <S extends object>(state: S | null, { type, data }: Change): S | null => (type === 'deleted' ? null : ({ ...state, ...data } as S));

export const created = (state: object): Change => ({ type: 'created', data: { ...state } });
export const changed = (fields: object): Change => ({ type: 'changed', data: { ...fields } });
export const deleted: Change = { type: 'deleted', data: {} };

/** The fields whose values differ. */
export const different = <F extends object>(before: { readonly [name in keyof F]?: unknown }, fields: F): Partial<F> =>
  Object.fromEntries(Object.entries(fields).filter(([name, value]) => !isDeepStrictEqual(value, before[name as keyof F]))) as Partial<F>;

/** The changes of an edit; none if every field has its former value. */
export function edited<S extends object>(before: S, fields: Partial<S>): Change[] {
  const changes = different(before, fields);
  return Object.keys(changes).length ? [changed(changes)] : [];
}
