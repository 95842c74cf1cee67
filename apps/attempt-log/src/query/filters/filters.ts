import { AttemptReason, CANCELED_BY, DeliveryReason, ErrorClass, REASON_SENTENCES, UnmatchedReason } from '@nuncio/contracts';
import { z } from 'zod';
import { DeliveryStatus } from '../../delivery-status.js';
import { eventKey, NOT_EXTENSIONS } from '../events/event-key.js';
import { namedBy } from '../events/named-by.js';
import { byCeId } from './by-ce-id.js';
import { before, byName, equals, excludable, httpStatus, isAnyOf, labelled, meaning, notBefore, oneOf, refersTo, repeatable, Text, type Filter } from './filter.js';
import type { Bind } from '../statement.js';

/** Names of extension attributes in one query. */
const MOST_EXTENSIONS = 10;

const ofDelivery = {
  tenant: refersTo('tenant', 'tenant'),
  application: refersTo('application', 'application'),
  callback: refersTo('callback', 'callback'),
  subscription: refersTo('subscription', 'subscription'),
  event: equals('event_id'),
  eventType: equals('event_type'),
  errorClass: oneOf('error_class', ErrorClass),
  responseStatus: httpStatus('response_status'),
  label: labelled('callback'),
};

/** Filters by an event's attributes. `attribute`: SQL of an attribute, given the placeholder of its name. */
function ofAttributes(attribute: (name: string) => string, of: Pick<Filter, 'ofEvent'> = {}) {
  const subject: Filter<string[]> = {
    schema: repeatable(Text).describe('The CloudEvents `subject` of the event'),
    where: (values, bind) => isAnyOf(attribute(bind('subject')), values, bind),
    key: ([value = '', ...more]) => (more.length ? null : eventKey('subject', value)),
    ...of,
  };
  const ext: Filter<Record<string, string[]>> = {
    schema: byName(z.string().regex(EXTENSION, 'must be the name of an extension attribute'), Text, MOST_EXTENSIONS).describe('Extension attributes of the event: `ext.order=4711`, or `ext[order]=4711`'),
    where: (given, bind) => ['true', ...Object.entries(given).map(([name, values]) => isAnyOf(attribute(bind(name)), values, bind))].join(' AND '),
    key: (given) => {
      const [name, [value = ''] = []] = Object.entries(given).find(([, values]) => values.length === 1) ?? [];
      return name === undefined ? null : eventKey(name, value);
    },
    ...of,
  };
  return { subject, ext };
}

/** Names of extension attributes (CloudEvents 1.0 §3.1), as long as Nuncio reads them. */
const EXTENSION = new RegExp(`^(?!(?:${NOT_EXTENSIONS.join('|')})$)[a-z0-9]{1,64}$`);

/** SQL of an attribute of the record that a delivery was made of: a look-up by key, which PostgreSQL does not turn into a join. */
const ofItsEvent = (name: string): string =>
  `(SELECT v.attributes ->> ${name}::text FROM (SELECT id AS of_id, event_at AS of_at, attributes FROM log.events) v WHERE v.of_id = event_id AND v.of_at = event_at)`;

/** Deliveries have no index by `ceId`, but events have. */
const ceId: Filter<string[]> = {
  ...equals('ce_id'),
  lead: (ids, bind) => `event_id = ANY(ARRAY(SELECT v.id FROM log.events v WHERE ${byCeId('v').where(ids, bind)}))`,
};

/** Deliveries that were asked for: their timeline says by whom, and for which operation. */
const askedFor = (column: 'operation' | 'requested_by', description: string): Filter<string[]> =>
  meaning(description, { ...equals(column), where: (values, bind) => `(id, event_at) IN (SELECT f.delivery, f.event_at FROM log.facts f WHERE ${isAnyOf(`f.${column}`, values, bind)})` });

const IS_BY_HAND = `reason LIKE '${CANCELED_BY}%'`;
/** SQL: the reason of a delivery has one of these codes. The row has its sentence. */
function hasReason(codes: readonly DeliveryReason[], bind: Bind): string {
  const sentences = codes.flatMap((code) => REASON_SENTENCES[code] ?? []);
  return `(${[
    ...(sentences.length ? [isAnyOf('reason', sentences, bind)] : []),
    ...(codes.includes('canceled-by-hand') ? [IS_BY_HAND] : []),
    ...(codes.includes('other') ? [`reason <> ALL(${bind(Object.values(REASON_SENTENCES))}::text[]) AND NOT ${IS_BY_HAND}`] : []),
  ].join(' OR ')})`;
}

/** GET /v1/deliveries. `errorClass` and `responseStatus` are those of the last attempt. Times are when the event was published. */
export const deliveryFilters = {
  ...ofDelivery,
  ceId,
  ...ofAttributes(ofItsEvent, { ofEvent: true }),
  status: meaning('The present status', oneOf('status', DeliveryStatus)),
  since: notBefore('event_at'),
  until: before('event_at'),
  id: equals('id'),
  reason: meaning('The `reasonCode`', excludable(DeliveryReason.options, hasReason)),
  operation: askedFor('operation', 'The bulk operation that acted on it'),
  requestedBy: askedFor('requested_by', 'The key or person who asked for an attempt of it, or canceled it'),
};

/** Attempts have no index by event, but one by delivery; deliveries have one by event. */
const ofEvent: Filter<string[]> = {
  ...equals('event_id'),
  lead: (events, bind) => `delivery = ANY(ARRAY(SELECT d.id FROM log.deliveries d WHERE d.event_id = ANY(${bind(events)}::text[])))`,
};

/**
 * Rows of former releases have it in the fact alone. It is found in its text, before any header of that name: PostgreSQL takes no field out of JSON
 * that has a NUL anywhere, as a receiver's answer may.
 */
const REASON_OF_ATTEMPT = `coalesce(reason, substring(fact::text FROM '"reason":"([a-z]+)"'))`;

/** GET /v1/attempts. `status` is the outcome. Times are when the attempt started. */
export const attemptFilters = {
  ...ofDelivery,
  delivery: equals('delivery'),
  event: ofEvent,
  status: meaning('The outcome of the attempt', oneOf('outcome', z.enum(['delivered', 'failed']))),
  since: notBefore('started_at'),
  until: before('started_at'),
  id: equals('id'),
  reason: meaning('Why the attempt was made', excludable(AttemptReason.options, (reasons, bind) => isAnyOf(REASON_OF_ATTEMPT, reasons, bind))),
  operation: meaning('The bulk operation that it was made for', equals('operation')),
  requestedBy: meaning('The key or person who asked for it', equals('requested_by')),
};

const IS_UNMATCHED = 'SELECT FROM log.unmatched u WHERE u.event_id = e.id AND u.event_at = e.event_at';

/** A tenant's events: the first record of each that was delivered to it, and events addressed to it without a delivery. */
const ofTenants: Filter<string[]> = {
  ...refersTo('tenant', 'tenant'),
  where: (tenants, bind) => {
    const given = `${bind(tenants)}::text[]`;
    const delivered = (when: string): string => `EXISTS (SELECT FROM log.deliveries d WHERE d.event_id = e.id AND ${when} AND d.tenant = ANY(${given}))`;
    const before = 'EXISTS (SELECT FROM log.unmatched u WHERE u.event_id = e.id AND u.event_at < e.event_at)';
    return `(${delivered('d.event_at = e.event_at')} OR EXISTS (${IS_UNMATCHED}) AND ${namedBy('e')} && ${given} AND NOT ${delivered('true')} AND NOT ${before})`;
  },
};

/** `any`, or specific reasons. */
const unmatched = meaning(
  'Events without a delivery, for these reasons, or `any`',
  excludable(['any', ...UnmatchedReason.options], (reasons, bind) => `EXISTS (${IS_UNMATCHED}${reasons.includes('any') ? '' : ` AND ${isAnyOf('u.reason', reasons, bind)}`})`),
);

/** GET /v1/events, of `log.events e`. */
export const eventFilters = {
  tenant: ofTenants,
  unmatched,
  ceId: byCeId('e'),
  ceSource: equals('e.ce_source'),
  ...ofAttributes((name) => `(e.attributes ->> ${name}::text)`),
  eventType: equals('e.event_type'),
  since: notBefore('e.event_at'),
  until: before('e.event_at'),
  id: equals('e.id'),
};
