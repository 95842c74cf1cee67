import { isAscii, isUtf8 } from 'node:buffer';
import type { RecordFailure } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { DeliveryStatus } from '../delivery-status.js';
import type { FailedRecordKind, StoredHeader } from './failed-record-row.js';
import { hintOf } from './hint.js';

/** The columns of log.failed_records that a list shows. */
export interface StoredRecord {
  readonly kind: FailedRecordKind;
  readonly id: string;
  readonly at: Date;
  readonly reason: string;
  readonly detail: string | null;
  readonly topic: string | null;
  readonly origin_partition: number | null;
  readonly origin_offset: string | null;
  readonly last_offset: string | null;
  readonly original: RecordFailure['original'] | null;
  readonly value_bytes: number | null;
  readonly event_id: string | null;
  readonly event_type: string | null;
  readonly ce_id: string | null;
  readonly ce_source: string | null;
  readonly delivery: string | null;
  readonly event_at: Date | null;
  readonly tenant: string | null;
  readonly application: string | null;
  readonly callback: string | null;
  readonly subscription: string | null;
  readonly republished_at: Date | null;
  readonly republished_by: string | null;
  /** The present status of a dead letter's delivery. */
  readonly status: DeliveryStatus | null;
}

/** All columns of log.failed_records. */
export interface WholeStoredRecord extends StoredRecord {
  readonly key: Buffer | null;
  readonly headers: readonly StoredHeader[];
  readonly value: Buffer | null;
}

export const FAILED_RECORD_COLUMNS = `e.kind, e.id, e.at, e.reason, e.detail, e.topic, e.origin_partition, e.origin_offset, e.last_offset, e.original, e.value_bytes,
  e.event_id, e.event_type, e.ce_id, e.ce_source, e.delivery, e.event_at, e.tenant, e.application, e.callback, e.subscription, e.republished_at, e.republished_by,
  (SELECT d.status FROM log.deliveries d WHERE d.id = e.delivery ORDER BY d.event_at DESC LIMIT 1) AS status`;

const ofRecord = {
  id: z.string().describe('Partition and offset of the record'),
  at: Moment,
  reason: z.string().describe('Why the record was put there').meta({ examples: ['bad-attribute'] }),
  detail: z.string().nullable(),
  hint: z.string().describe('What to do about it'),
  origin: z.object({ topic: z.string(), partition: z.int(), offset: z.string(), lastOffset: z.string().nullable().describe('The last offset of a batch that cannot be decoded') }).nullable().describe('The original record; null = unknown'),
  valueBytes: z.int().nullable().describe('The length of the value in bytes; null = it has none'),
  cut: z.boolean().describe('Whether the value was cut off, since it was too large'),
  event: z.object({ id: z.string().describe('Id of the event'), eventType: z.string(), ceId: z.string(), ceSource: z.string() }).nullable().describe('The event in the record; null = it cannot be read as one'),
  republished: z.object({ at: Moment, by: z.string().describe('The key or person who published it again') }).nullable().describe('When it was published again, and by whom; null = it was not'),
};

const ofDelivery = {
  delivery: z.string().nullable().describe('Id of its delivery; null = unknown'),
  status: DeliveryStatus.nullable().describe('The present status of the delivery'),
  tenant: z.string().nullable(),
  application: z.string().nullable(),
  callback: z.string().nullable(),
  subscription: z.string().nullable(),
};

/** Bytes as text; in base64 if they are not UTF-8. */
const Bytes = z.object({ text: z.string(), encoding: z.enum(['utf8', 'base64']) });

const whole = {
  key: Bytes.nullable().describe("The record's key; null = it has none"),
  headers: z.array(Bytes.extend({ name: z.string().describe("The header's name") })).describe("The record's headers"),
  value: Bytes.extend({ truncated: z.boolean().describe('Whether there is more of it than shown') }).nullable().describe('The first 64 KiB of the value. All of it is under `/payload`'),
  original: z
    .object({
      keyBytes: z.int().nullable().describe('Bytes of the key'),
      headersBytes: z.int().describe('Bytes of the headers'),
      valueBytes: z.int().nullable().describe('Bytes of the value'),
      valueSha256: z.string().nullable().describe('The SHA-256 of the whole value, in hex'),
    })
    .nullable().describe('The original sizes, if the record was cut off; null = it was not'),
  republish: z.object({ to: z.string().nullable().describe('The topic to publish to; null = it cannot be published again'), refusal: z.string().nullable().describe('Why it cannot be published again; null = it can') }).describe('Whether it can be published again'),
};

export const QuarantinedRecord = z.object(ofRecord).meta({ id: 'QuarantinedRecord' });
export const WholeQuarantinedRecord = QuarantinedRecord.extend(whole).meta({ id: 'WholeQuarantinedRecord' });
export const DeadLetter = QuarantinedRecord.extend(ofDelivery).meta({ id: 'DeadLetter' });
export const WholeDeadLetter = DeadLetter.extend(whole).meta({ id: 'WholeDeadLetter' });

export const showQuarantined = (row: StoredRecord) => ({
  id: row.id,
  at: row.at,
  reason: row.reason,
  detail: row.detail,
  hint: hintOf(row.kind, row.reason),
  origin: row.topic === null ? null : { topic: row.topic, partition: row.origin_partition ?? 0, offset: row.origin_offset ?? '', lastOffset: row.last_offset },
  valueBytes: row.value_bytes,
  cut: row.original !== null,
  event: row.event_id === null ? null : { id: row.event_id, eventType: row.event_type ?? '', ceId: row.ce_id ?? '', ceSource: row.ce_source ?? '' },
  republished: row.republished_at && { at: row.republished_at, by: row.republished_by ?? '' },
});

export const showDeadLetter = (row: StoredRecord) => ({
  ...showQuarantined(row),
  delivery: row.delivery,
  status: row.status,
  tenant: row.tenant,
  application: row.application,
  callback: row.callback,
  subscription: row.subscription,
});

/** An answer shows at most this much of a value. */
const SHOWN_BYTES = 65_536;

export const showContent = ({ key, headers, value, original }: Pick<WholeStoredRecord, 'key' | 'headers' | 'value' | 'original'>) => ({
  key: key && textOf(key),
  headers: headers.map(([name, base64]) => ({ name, ...textOf(Buffer.from(base64, 'base64')) })),
  value: value && { ...textOf(shown(value)), truncated: value.length > SHOWN_BYTES },
  original: original ?? null,
});

const textOf = (bytes: Buffer): z.infer<typeof Bytes> =>
  isUtf8(bytes) ? { text: bytes.toString(), encoding: 'utf8' } : { text: bytes.toString('base64'), encoding: 'base64' };

/** Cuts text between characters: every byte of a multi-byte character but the first is 10xxxxxx (RFC 3629 §3). */
function shown(value: Buffer): Buffer {
  let end = Math.min(value.length, SHOWN_BYTES);
  if (end < value.length && !isAscii(value)) while (end > SHOWN_BYTES - 3 && ((value[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return value.subarray(0, end);
}
