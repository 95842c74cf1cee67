import { aggregates, faultDetails, toPointer, type AggregateKind } from '@nuncio/contracts';
import { invalid, throwAny } from '../faults.js';
import type { Change } from './aggregate.js';

/** Of an event, or a state, as JSON: one record of it, and a few together, stay far below the 1 MiB that a broker takes. */
export const RECORD_LIMIT_BYTES = 262_144;

/** By so much a sealed secret may grow when `keys rotate` wraps it under a key of a longer name. */
const REWRAPPED_BYTES = 32;
const SEALED = /"s1\./g;

/** As it is published, now and after any rotation of keys. */
function publishedBytes(value: unknown): number {
  const text = JSON.stringify(value);
  return Buffer.byteLength(text) + (text.match(SEALED)?.length ?? 0) * REWRAPPED_BYTES;
}

/**
 * Before it is committed: what is committed has to be published, and everything after it waits for it. A record is read again by the contract's schema, here as by
 * the relay and by every service. Throws Fault `invalid` that names what does not fit.
 */
export function refuseUnpublishable(kind: AggregateKind, state: object | null, changes: readonly Change[]): void {
  const read = state && aggregates[kind].safeParse(state);
  if (read?.error) throwAny(faultDetails(read.error));
  refuseTooLarge(state, changes);
}

/** Throws Fault `invalid` that names the largest field. */
function refuseTooLarge(state: object | null, changes: readonly Change[]): void {
  for (const record of [state ?? {}, ...changes.map(({ data }) => data)]) {
    const bytes = publishedBytes(record);
    if (bytes <= RECORD_LIMIT_BYTES) continue;
    const [largest] = Object.entries(record).map(([name, value]) => ({ name, bytes: publishedBytes(value ?? null) })).sort((a, b) => b.bytes - a.bytes);
    throw invalid(toPointer(largest ? [largest.name] : []), 'too-large', `all of it together would be ${bytes} bytes, and ${RECORD_LIMIT_BYTES} are the most`);
  }
}
