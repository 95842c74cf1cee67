import { unnestInsert, type Column } from './unnest.js';

export interface EventKey {
  readonly key: string;
  readonly eventAt: number;
  readonly event: string;
}

export const eventKeyColumns: readonly Column<EventKey>[] = [
  { name: 'key', type: 'bigint', value: ({ key }) => key },
  { name: 'event_at', type: 'timestamptz', value: ({ eventAt }) => eventAt },
  { name: 'event_id', type: 'text', value: ({ event }) => event },
];

export const INSERT_EVENT_KEYS = unnestInsert('log.event_keys', eventKeyColumns, 'ON CONFLICT DO NOTHING');
