import type { Schemas } from '../api/client.js';

type Role = Schemas['Me']['role'] | undefined;

/** Who makes and changes callbacks, credentials and subscriptions. */
export const manages = (role: Role): boolean => role === 'admin' || role === 'owner' || role === 'consumer';

/** Who keeps the catalogue of event types, and approves subscriptions. */
export const curates = (role: Role): boolean => role === 'admin' || role === 'provider';

/** Who sends deliveries again, brings them forward, or cancels them. */
export const bringsBack = (role: Role): boolean => manages(role) || curates(role);
