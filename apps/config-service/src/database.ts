import type { DatabaseOptions } from '@nuncio/database';
import { RecordedOperation } from './audit/recorded-operation.entity.js';
import { RecordedEvent } from './event-store/recorded-event.entity.js';
import { Resource } from './event-store/resource.entity.js';
import { migrations } from './migrations/index.js';

/** The service may append events, but neither change nor delete them. Only `npm run keys` changes the wrapping of secrets, under another role. */
const grants = (role: string): string => `
  grant usage on schema config to ${role};
  grant select, insert, update, delete on all tables in schema config to ${role};
  revoke update, delete on config.events from ${role};
  revoke insert, update, delete on config.migrations from ${role}`;

/** PostgreSQL schema `config`: event store, read model, and how far the relay is. */
export const configDatabase = (url: string): DatabaseOptions => ({ url, schema: 'config', entities: [Resource, RecordedEvent, RecordedOperation], migrations, grants });
