import { ErrorClass } from '@nuncio/contracts';
import { z } from 'zod';
import { DeliveryStatus } from '../delivery-status.js';
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

/** GET /v1/attempts. `status` is the outcome; time is when the attempt started. */
export const attemptFilters = {
  ...ofDelivery,
  delivery: equals('delivery'),
  status: oneOf('outcome', z.enum(['delivered', 'failed'])),
  since: notBefore('started_at'),
  until: before('started_at'),
};

/** An event is its tenants' through their deliveries. */
const deliveredTo: Filter<string[]> = {
  ...equals('tenant'),
  where: (tenants, bind) => `EXISTS (SELECT FROM log.deliveries d WHERE d.event_id = e.id AND d.tenant = ANY(${bind(tenants)}::text[]))`,
};

/** GET /v1/events. */
export const eventFilters = {
  tenant: deliveredTo,
  ceId: equals('ce_id'),
  ceSource: equals('ce_source'),
  eventType: equals('event_type'),
  since: notBefore('event_at'),
  until: before('event_at'),
};
