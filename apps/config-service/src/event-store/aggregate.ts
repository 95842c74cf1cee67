import { isDeepStrictEqual } from 'node:util';
import type { AggregateKind } from '@nuncio/contracts';

/** What a decision says has happened. `data` is JSON; secrets in it are sealed. */
export interface Change {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A change with its place in history. `at` is in epoch milliseconds. */
export interface RecordedChange extends Change {
  readonly position: number;
  readonly at: number;
}

/** What the read model finds an aggregate by, out of its state. */
export interface Index {
  readonly tenant: string | null;
  /** Who in the tenant may see it; empty = everybody. */
  readonly groups?: readonly string[];
  /** Id of the callback whose groups decide instead. */
  readonly owner?: string;
  /** Unique among the living of its kind. */
  readonly name?: string;
  /** Streams it depends on: none of them can be deleted while it lives. */
  readonly links?: readonly string[];
}

/** A kind of aggregate: how its state follows from what happened to it. Its published state is what the contract's schema keeps of `S`. */
export interface Aggregate<S extends object> {
  readonly kind: AggregateKind;
  /** Whether an id may be used again after a deletion; its stream then goes on. */
  readonly reusesIds?: boolean;
  /** The state after the change; null = it is gone. */
  evolve(state: S | null, change: RecordedChange): S | null;
  index(state: S): Index;
}

/** The common case: `created` carries the state, `deleted` ends it, anything else carries the fields that are different now. */
export const replaceFields = <S extends object>(state: S | null, { type, data }: Change): S | null => (type === 'deleted' ? null : ({ ...state, ...data } as S));

export const created = (state: object): Change => ({ type: 'created', data: { ...state } });
export const changed = (fields: object): Change => ({ type: 'changed', data: { ...fields } });
export const deleted: Change = { type: 'deleted', data: {} };

/** The fields that are not what they were. */
export const different = <F extends object>(before: { readonly [name in keyof F]?: unknown }, fields: F): Partial<F> =>
  Object.fromEntries(Object.entries(fields).filter(([name, value]) => !isDeepStrictEqual(value, before[name as keyof F]))) as Partial<F>;

/** What an edit comes to: nothing where every field is what it was. */
export function edited<S extends object>(before: S, fields: Partial<S>): Change[] {
  const changes = different(before, fields);
  return Object.keys(changes).length ? [changed(changes)] : [];
}
