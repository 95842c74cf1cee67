import { Filter } from '@nuncio/contracts';
import { parted } from '@nuncio/service';
import { z } from 'zod';
import { DeliveryStatus } from '../delivery-status.js';
import { fieldsOf, Time, type Filters, type Given } from '../query/filters/filter.js';
import { deliveryFilters, eventFilters } from '../query/filters/filters.js';

/** The part of the log that an operation is about. Stored with the operation as it is. */
export type Selection =
  /** The failed and expired deliveries of one callback. */
  | { readonly of: 'lost'; readonly callback: string; readonly since: string; readonly until: string | null }
  | { readonly of: 'deliveries'; readonly filters: Given<typeof deliveryFilters> }
  /** Also events that the subscription has had no delivery of. */
  | { readonly of: 'events'; readonly filters: Given<typeof eventFilters>; readonly subscription: string };

const asked = {
  perSecond: z.number().min(0.1).max(1_000).optional().describe("Deliveries a second. Default: half of the callback's rate limit, so that new events have the other half; 50 if it has none"),
  dryRun: z.boolean().default(false).describe('Only count the deliveries, and compute how long they take'),
};

/** POST /v1/callbacks/{id}/recover. `since` and `until` are times of publishing. */
export const Recover = z.strictObject({ since: Time, until: Time.optional(), ...asked });

/**
 * POST /v1/callbacks/{id}/send-now and …/cancel: the waiting deliveries of one callback. `since` and `until` are times of publishing.
 */
export const OfCallback = z.strictObject({ since: Time.optional(), until: Time.optional(), ...asked });

const IN_WORK: readonly string[] = ['pending', 'held'] satisfies DeliveryStatus[];
const WAITING: readonly string[] = ['pending', 'held', 'parked'] satisfies DeliveryStatus[];

/** Refuses a `status` that the operation can never apply to; it would silently find nothing. */
const onlyIn = (isPossible: (status: string) => boolean, what: string) => (given: Given<Filters>, context: z.RefinementCtx) => {
  for (const status of parted((given.status as string[] | undefined) ?? []).wanted)
    if (!isPossible(status)) context.addIssue({ code: 'custom', path: ['status'], message: `${status} cannot be ${what}` });
};

interface Select extends Given<typeof deliveryFilters> {
  readonly events?: Given<typeof eventFilters>;
}

const Events = z.strictObject(fieldsOf(eventFilters)).refine((given) => Object.keys(given).length, 'name at least one filter');
const Select = z
  .strictObject({ ...fieldsOf(deliveryFilters), events: Events.optional().describe('Filters of GET /v1/events. Selects events instead of deliveries, for the one `subscription`') })
  .superRefine(onlyIn((status) => !IN_WORK.includes(status), 'replayed: its next attempt comes by itself, and POST /v1/deliveries/send-now brings it forward'))
  .transform((given, context): Selection => {
    const { events, ...filters } = given as Select;
    const names = Object.keys(filters);
    if (!events) {
      if (!names.length) context.addIssue({ code: 'custom', message: 'name at least one filter' });
      return { of: 'deliveries', filters };
    }
    const [subscription = '', ...more] = filters.subscription ?? [];
    if (!subscription || more.length) context.addIssue({ code: 'custom', path: ['subscription'], message: 'name the one subscription that the events go to' });
    for (const name of names.filter((n) => n !== 'subscription')) context.addIssue({ code: 'custom', path: [name], message: 'cannot be given together with `events`' });
    return { of: 'events', filters: events, subscription };
  });

/** A subscription as it would be after an edit. */
const Supposed = z.strictObject({ filter: Filter.nullable().describe('Its filter; null = none') });
export type Supposed = z.infer<typeof Supposed>;

/**
 * POST /v1/replays: filters of GET /v1/deliveries; or `events`, with filters of GET /v1/events, and the `subscription` that they go to.
 */
export const Replay = z
  .strictObject({
    select: Select.describe('Filters of GET /v1/deliveries; or `events` and a `subscription`').meta({ examples: [{ status: ['failed'], since: '2026-01-31T00:00:00Z' }] }),
    ...asked,
    suppose: Supposed.optional().describe('Only in a dry run of `events`: counts as if the subscription had these values. Events of types that require approval are left out then'),
  })
  .superRefine(({ select, dryRun, suppose }, context) => {
    if (suppose && (!dryRun || select.of !== 'events')) context.addIssue({ code: 'custom', path: ['suppose'], message: 'is only for a dry run of `events`' });
  });

const waiting = (isPossible: (status: string) => boolean, what: string) =>
  z.strictObject({
    select: z
      .strictObject(fieldsOf(deliveryFilters))
      .superRefine(onlyIn(isPossible, what))
      .transform((given, context): Selection => {
        if (!Object.keys(given).length) context.addIssue({ code: 'custom', message: 'name at least one filter' });
        return { of: 'deliveries', filters: given };
      })
      .describe('Filters of GET /v1/deliveries')
      .meta({ examples: [{ callback: ['cb_019b5f3a2c80d41d8cd98f00b204e980'] }] }),
    ...asked,
  });

/** POST /v1/deliveries/send-now: filters of GET /v1/deliveries. */
export const SendNow = waiting((status) => IN_WORK.includes(status), 'brought forward: only pending and held deliveries can');
/** POST /v1/deliveries/cancel: filters of GET /v1/deliveries. */
export const Cancel = waiting((status) => WAITING.includes(status), 'canceled: only pending, held and parked deliveries can');
