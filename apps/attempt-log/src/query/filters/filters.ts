import { ErrorClass } from '@nuncio/contracts';
import { z } from 'zod';
import { DeliveryStatus } from '../../delivery-status.js';
import { before, equals, httpStatus, notBefore, oneOf, type Filter } from './filter.js';

const ofDelivery = {
  tenant: equals('tenant'),
  application: equals('application'),
  callback: equals('callback'),
  subscription: equals('subscription'),
  event: equals('event_id'),
  eventType: equals('event_type'),
  errorClass: oneOf('error_class', ErrorClass),
  responseStatus: httpStatus('response_status'),
};

/** GET /v1/deliveries. `errorClass` and `responseStatus` are those of the last attempt; time is when the event was published. */
export const deliveryFilters = {
  ...ofDelivery,
  status: oneOf('status', DeliveryStatus),
  since: notBefore('event_at'),
  until: before('event_at'),
};

/** There is no index of attempts by event, but one by delivery, and of deliveries one by event. */
const ofEvent: Filter<string[]> = {
  ...equals('event_id'),
  lead: (events, bind) => `delivery = ANY(ARRAY(SELECT d.id FROM log.deliveries d WHERE d.event_id = ANY(${bind(events)}::text[])))`,
};

/** GET /v1/attempts. `status` is the outcome; time is when the attempt started. */
export const attemptFilters = {
  ...ofDelivery,
  delivery: equals('delivery'),
  event: ofEvent,
  status: oneOf('outcome', z.enum(['delivered', 'failed'])),
  since: notBefore('started_at'),
  until: before('started_at'),
};

/** An event is its tenants' through their deliveries, which are of one record of it. */
const deliveredTo: Filter<string[]> = {
  ...equals('tenant'),
  where: (tenants, bind) => `EXISTS (SELECT FROM log.deliveries d WHERE d.event_id = e.id AND d.event_at = e.event_at AND d.tenant = ANY(${bind(tenants)}::text[]))`,
};

/** GET /v1/events, of `log.events e`. */
export const eventFilters = {
  tenant: deliveredTo,
  ceId: equals('e.ce_id'),
  ceSource: equals('e.ce_source'),
  eventType: equals('e.event_type'),
  since: notBefore('e.event_at'),
  until: before('e.event_at'),
};
