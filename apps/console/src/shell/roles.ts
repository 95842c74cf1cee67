import type { Schemas } from '../api/client.js';

type Role = Schemas['Me']['role'] | undefined;

/** Whether the role may make and change callbacks, credentials and subscriptions. */
export const manages = (role: Role): boolean => role === 'admin' || role === 'owner' || role === 'consumer';

/** Whether it may edit the catalogue of event types, and approve subscriptions. */
export const curates = (role: Role): boolean => role === 'admin' || role === 'provider';

/** Whether it may send deliveries again, bring them forward, or cancel them. */
export const mayRedeliver = (role: Role): boolean => manages(role) || curates(role);
