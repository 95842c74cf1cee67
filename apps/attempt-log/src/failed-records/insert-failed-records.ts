import { unnestInsert, type Column } from '../ingest/unnest.js';
import type { FailedRecordRow } from './failed-record-row.js';

/** PostgreSQL's text cannot have NUL. The insert must succeed whatever the record has in it. */
const text = (value: string | null | undefined): string | null => value?.replaceAll('\0', '\ufffd') ?? null;

export const failedRecordColumns: readonly Column<FailedRecordRow>[] = [
  { name: 'kind', type: 'text', value: (row) => row.kind },
  { name: 'id', type: 'text', value: (row) => row.id },
  { name: 'at', type: 'timestamptz', value: (row) => row.at },
  { name: 'reason', type: 'text', value: ({ failure }) => text(failure.reason) },
  { name: 'detail', type: 'text', value: ({ failure }) => text(failure.detail) },
  { name: 'topic', type: 'text', value: ({ failure }) => text(failure.topic) },
  { name: 'origin_partition', type: 'int', value: ({ failure }) => failure.partition ?? null },
  { name: 'origin_offset', type: 'text', value: ({ failure }) => text(failure.offset) },
  { name: 'last_offset', type: 'text', value: ({ failure }) => text(failure.lastOffset) },
  { name: 'original', type: 'json', value: ({ failure }) => (failure.original ? JSON.stringify(failure.original) : null) },
  { name: 'key', type: 'bytea', value: (row) => row.key },
  { name: 'headers', type: 'json', value: (row) => JSON.stringify(row.headers) },
  { name: 'value', type: 'bytea', value: (row) => row.value },
  { name: 'value_bytes', type: 'int', value: (row) => row.valueBytes },
  { name: 'event_id', type: 'text', value: ({ event }) => event?.id ?? null },
  { name: 'event_type', type: 'text', value: ({ event }) => text(event?.type) },
  { name: 'ce_id', type: 'text', value: ({ event }) => text(event?.ceId) },
  { name: 'ce_source', type: 'text', value: ({ event }) => text(event?.source) },
  { name: 'delivery', type: 'text', value: ({ of }) => of?.delivery ?? null },
  { name: 'event_at', type: 'timestamptz', value: ({ of }) => of?.eventAt ?? null },
  { name: 'tenant', type: 'text', value: ({ of }) => text(of?.tenant) },
  { name: 'application', type: 'text', value: ({ of }) => text(of?.application) },
  { name: 'callback', type: 'text', value: ({ of }) => text(of?.callback) },
  { name: 'subscription', type: 'text', value: ({ of }) => text(of?.subscription) },
];

/** A record that is read again is already there. */
export const INSERT_FAILED_RECORDS = unnestInsert('log.failed_records', failedRecordColumns, 'ON CONFLICT DO NOTHING');
