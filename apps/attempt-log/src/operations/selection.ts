import { z } from 'zod';
import { fieldsOf, Time, type Given } from '../query/filter.js';
import { deliveryFilters, eventFilters } from '../query/filters.js';

/** What of the log an operation sends again. It is kept with the operation as it is. */
export type Selection =
  /** What failed or expired of one callback. */
  | { readonly of: 'lost'; readonly callback: string; readonly since: string; readonly until: string | null }
  | { readonly of: 'deliveries'; readonly filters: Given<typeof deliveryFilters> }
  /** Also events that the subscription has had no delivery of. */
  | { readonly of: 'events'; readonly filters: Given<typeof eventFilters>; readonly subscription: string };

const asked = {
  /** Deliveries a second; default: half of what the callback allows, so that what is new has the other half; else 50. */
  perSecond: z.number().min(0.1).max(1_000).optional(),
  /** Only says how many. */
  dryRun: z.boolean().default(false),
};

/** POST /v1/callbacks/{id}/recover. Time is when the event was published. */
export const Recover = z.strictObject({ since: Time, until: Time.optional(), ...asked });

interface Select extends Given<typeof deliveryFilters> {
  readonly events?: Given<typeof eventFilters>;
}

const Events = z.strictObject(fieldsOf(eventFilters)).refine((given) => Object.keys(given).length, 'name at least one filter');
const Select = z.strictObject({ ...fieldsOf(deliveryFilters), events: Events.optional() }).transform((given, context): Selection => {
  const { events, ...filters } = given as Select;
  const names = Object.keys(filters);
  if (!events) {
    if (!names.length) context.addIssue({ code: 'custom', message: 'name at least one filter' });
    return { of: 'deliveries', filters };
  }
  const [subscription = '', ...more] = filters.subscription ?? [];
  if (!subscription || more.length) context.addIssue({ code: 'custom', path: ['subscription'], message: 'name the one subscription that the events go to' });
  for (const name of names.filter((n) => n !== 'subscription')) context.addIssue({ code: 'custom', path: [name], message: 'cannot stand beside `events`' });
  return { of: 'events', filters: events, subscription };
});

/** POST /v1/replays: the filters of GET /v1/deliveries; or `events` with those of GET /v1/events, and the `subscription` they go to. */
export const Replay = z.strictObject({ select: Select, ...asked });
