import type { TokenEvent } from '@nuncio/contracts';
import type { InboundRecord } from '@nuncio/kafka';
import { unnestInsert, type Column } from '../ingest/unnest.js';

/** A fact of the topic `token.events` and its place there. */
export interface PlacedTokenEvent {
  readonly event: TokenEvent;
  readonly record: Pick<InboundRecord, 'partition' | 'offset'>;
}

export const tokenRequestColumns: readonly Column<PlacedTokenEvent>[] = [
  { name: 'credential', type: 'text', value: ({ event }) => event.credential },
  { name: 'at', type: 'timestamptz', value: ({ event }) => event.at },
  { name: 'partition', type: 'int', value: ({ record }) => record.partition },
  { name: 'record_offset', type: 'bigint', value: ({ record }) => record.offset },
  { name: 'tenant', type: 'text', value: ({ event }) => event.tenant },
  { name: 'version', type: 'bigint', value: ({ event }) => event.position },
  { name: 'generation', type: 'bigint', value: ({ event }) => event.generation },
  { name: 'reason', type: 'text', value: ({ event }) => event.reason },
  { name: 'outcome', type: 'text', value: ({ event }) => (event.event === 'fetched' ? 'token' : event.tokenError.class) },
  { name: 'http_status', type: 'int', value: ({ event }) => (event.event === 'failed' ? event.tokenError.httpStatus : null) },
  { name: 'code', type: 'text', value: ({ event }) => (event.event === 'failed' ? event.tokenError.code : null) },
  { name: 'description', type: 'text', value: ({ event }) => (event.event === 'failed' ? (event.tokenError.description ?? null) : null) },
  { name: 'duration_ms', type: 'real', value: ({ event }) => event.durationMs },
  { name: 'expires_at', type: 'timestamptz', value: ({ event }) => (event.event === 'fetched' ? event.expiresAt : null) },
  { name: 'scope', type: 'text', value: ({ event }) => (event.event === 'fetched' ? event.scope : null) },
  { name: 'paused_until', type: 'timestamptz', value: ({ event }) => (event.event === 'failed' ? event.pausedUntil : null) },
];

/** A fact that is read again is already there. */
export const INSERT_TOKEN_REQUESTS = unnestInsert('log.token_requests', tokenRequestColumns, 'ON CONFLICT DO NOTHING');
