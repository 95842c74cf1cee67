import { isUnreadable, readEvent, type NuncioEvent, type RecordHeaders, type Unreadable } from './event.js';
import { Errand, ERRAND_HEADER } from './topics/errand.js';

/** A record of `deliveries` or of a delay tier, or why it cannot be read. Never throws. */
export function readErrand({
  headers,
  value,
}: {
  readonly headers: RecordHeaders;
  readonly value: Buffer | null;
}): { event: NuncioEvent; errand: Errand } | Unreadable | { reason: 'bad-errand'; detail: string } {
  const { [ERRAND_HEADER]: given, ...rest } = headers;
  const event = readEvent(rest, value);
  if (isUnreadable(event)) return event;
  try {
    return { event, errand: Errand.parse(JSON.parse(String(given))) };
  } catch {
    return { reason: 'bad-errand', detail: `the header ${ERRAND_HEADER} cannot be read` };
  }
}
