import type { DatabaseOptions } from '@nuncio/database';
import { RecordedEvent } from './event-store/recorded-event.entity.js';
import { Resource } from './event-store/resource.entity.js';
import { migrations } from './migrations/index.js';

/** PostgreSQL schema `config`: event store, read model, the relay's place. */
export const configDatabase = (url: string): DatabaseOptions => ({ url, schema: 'config', entities: [Resource, RecordedEvent], migrations });
