import type { AggregateKind } from '@nuncio/contracts';
import { apiKey } from './api-keys/api-key.js';
import { application } from './applications/application.js';
import { callback } from './callbacks/callback.js';
import { credential } from './credentials/credential.js';
import type { Aggregate } from './event-store/index.js';
import { eventType } from './event-types/event-type.js';
import { portalSessions } from './portal-sessions/portal-sessions.js';
import { subscription } from './subscriptions/subscription.js';
import { tenant } from './tenants/tenant.js';

/** Every kind of aggregate. A new one needs a folder and a line here. */
export const aggregates: Readonly<Record<AggregateKind, Aggregate<object>>> = {
  tenant,
  'api-key': apiKey,
  'event-type': eventType,
  application,
  credential,
  callback,
  subscription,
  'portal-sessions': portalSessions,
};
