import { deliveryId, RecordFailure, FAILURE_HEADER, isUnreadable, ODD_HEADERS_HEADER, readErrand, readEvent, readWire, type NuncioEvent, type RecordHeaders } from '@nuncio/contracts';
import type { InboundRecord } from '@nuncio/kafka';
import { dated } from '../partitions/day.js';

export type FailedRecordKind = 'quarantine' | 'dead-letter';

/** A header of a record: name, and value in base64. A header that occurs twice has two entries. */
export type StoredHeader = readonly [name: string, base64: string];

/** A record of `quarantine` or `dead-letters` as a row of log.failed_records. Times in epoch milliseconds. */
export interface FailedRecordRow {
  /** `newer`: set aside, since only a newer release can read it. */
  readonly kind: FailedRecordKind | 'newer';
  readonly id: string;
  readonly at: number;
  readonly failure: Partial<RecordFailure> & Pick<RecordFailure, 'reason'>;
  readonly key: Buffer | null;
  readonly headers: readonly StoredHeader[];
  readonly value: Buffer | null;
  readonly valueBytes: number | null;
  readonly event: Pick<NuncioEvent, 'id' | 'type' | 'ceId' | 'source'> | null;
  readonly of: { readonly delivery: string; readonly eventAt: number; readonly tenant: string | null; readonly application: string | null; readonly callback: string | null; readonly subscription: string } | null;
}

/** Makes a row of any record. Never throws: a field that cannot be read is left out, but remains in the headers. */
export function failedRecordRow(kind: FailedRecordKind, record: InboundRecord, now: number): FailedRecordRow & { readonly kind: FailedRecordKind } {
  const { partition, offset, key, value, timestamp, headers } = record;
  const written = headers[FAILURE_HEADER];
  const rest = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== FAILURE_HEADER && name !== ODD_HEADERS_HEADER));
  return {
    kind,
    id: `${partition}-${offset}`,
    at: dated(timestamp, now),
    failure: readFailure(written),
    key,
    headers: storedHeaders(rest),
    value: kind === 'quarantine' ? value : null,
    valueBytes: value?.length ?? null,
    ...(kind === 'quarantine' ? { event: eventOf(rest, value), of: null } : deadLetter(rest, value)),
  };
}

function readFailure(header: RecordHeaders[string]): FailedRecordRow['failure'] {
  const read = readWire(RecordFailure, header === undefined ? undefined : String(header));
  return read.is === 'known' ? read.value : { reason: 'no-grave' };
}

export const storedHeaders = (headers: RecordHeaders): StoredHeader[] =>
  Object.entries(headers).flatMap(([name, values]) => [values].flat().flatMap((value): StoredHeader[] => (value === undefined ? [] : [[name, Buffer.from(value).toString('base64')]])));

function eventOf(headers: RecordHeaders, value: Buffer | null): FailedRecordRow['event'] {
  const event = readEvent(headers, value);
  return isUnreadable(event) ? null : event;
}

/** The dead letter of an event that was no longer kept has no value. */
function deadLetter(headers: RecordHeaders, value: Buffer | null): Pick<FailedRecordRow, 'event' | 'of'> {
  const read = readErrand({ headers, value: value ?? Buffer.alloc(0) });
  if ('reason' in read) return { event: eventOf(headers, value), of: null };
  const { event, errand } = read;
  const subscription = errand.subscriptions[0] ?? '';
  const { tenant = null, application = null, callback = null } = errand.of ?? {};
  return { event, of: { delivery: deliveryId(errand.event, subscription), eventAt: errand.eventAt, tenant, application, callback, subscription } };
}
