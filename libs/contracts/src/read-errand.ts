import { isUnreadable, readEvent, type NuncioEvent, type RecordHeaders, type Unreadable } from './event.js';
import { Errand, ERRAND_HEADER } from './topics/errand.js';
import { readWire } from './wire.js';

/**
 * Reads a record of `deliveries` or of a delay tier, or says why it cannot be read; `newer-errand` = only a newer release can.
 * Never throws.
 */
export function readErrand({
  headers,
  value,
}: {
  readonly headers: RecordHeaders;
  readonly value: Buffer | null;
}): { event: NuncioEvent; errand: Errand } | Unreadable | { reason: 'bad-errand'; detail: string } | { reason: 'newer-errand'; detail: string } {
  const { [ERRAND_HEADER]: given, ...rest } = headers;
  const event = readEvent(rest, value);
  if (isUnreadable(event)) return event;
  const read = readWire(Errand, given === undefined ? undefined : String(given));
  if (read.is === 'known') return { event, errand: read.value };
  return { reason: read.is === 'newer' ? 'newer-errand' : 'bad-errand', detail: `the header ${ERRAND_HEADER} cannot be read` };
}
