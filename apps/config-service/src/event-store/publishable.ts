import { aggregates, check, toPointer, type AggregateKind } from '@nuncio/contracts';
import { invalid, throwAny } from '../faults.js';
import type { Change } from './aggregate.js';

/** The largest JSON of an event or a state, far below the 1 MiB that a broker takes: a few records must fit together. */
const RECORD_LIMIT_BYTES = 262_144;

/** How much a sealed secret may grow when `keys rotate` wraps it under a key with a longer id. */
const REWRAPPED_BYTES = 32;
const SEALED = /"s1\./g;

/** The size of the published record, now and after any rotation of keys. */
function publishedBytes(value: unknown): number {
  const text = JSON.stringify(value);
  return Buffer.byteLength(text) + (text.match(SEALED)?.length ?? 0) * REWRAPPED_BYTES;
}

/**
 * Checks before the commit that a change can be published: a committed change that cannot be would block all later ones. Every reader parses the
 * record by the contract's schema, so this does too. Throws Fault `invalid` that names what does not fit.
 */
export function refuseUnpublishable(kind: AggregateKind, state: object | null, changes: readonly Change[]): void {
  if (state) throwAny(check(aggregates[kind], state).faults);
  refuseTooLarge(state, changes);
}

/** Throws Fault `invalid` that names the largest field. */
function refuseTooLarge(state: object | null, changes: readonly Change[]): void {
  for (const record of [state ?? {}, ...changes.map(({ data }) => data)]) {
    const bytes = publishedBytes(record);
    if (bytes <= RECORD_LIMIT_BYTES) continue;
    const [largest] = Object.entries(record).map(([name, value]) => ({ name, bytes: publishedBytes(value ?? null) })).sort((a, b) => b.bytes - a.bytes);
    throw invalid(toPointer(largest ? [largest.name] : []), 'too-large', `the whole resource would have ${bytes} bytes, more than ${RECORD_LIMIT_BYTES}`);
  }
}
