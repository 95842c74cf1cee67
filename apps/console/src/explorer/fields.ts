import type { Schemas } from '../api/client.js';
import type { AttemptQuery, DeliveryQuery, EventQuery } from './search.js';
import { NOBODY } from './unmatched.js';

/** A filter of the API, as a reader sees it. */
export interface Field {
  readonly label: string;
  /** The choices; absent = a text field. */
  readonly options?: readonly string[];
  readonly placeholder?: string;
  /** What a text must look like (a regular expression). */
  readonly pattern?: string;
  /** Whether the API takes `!value` for everything else. It does for every closed list. */
  readonly canExclude?: boolean;
}

/** All filters of a list: one that the API has and that is missing here does not compile. */
type FieldsOf<Q> = Readonly<Record<Exclude<keyof Q & string, 'limit' | 'cursor' | 'count' | 'format' | 'since' | 'until'>, Field>>;

export const ERROR_CLASSES = ['dns', 'connect', 'tls', 'timeout', 'http', 'redirect', 'blocked_address', 'too_large', 'invalid_response', 'token', 'internal'] as const;

const PAIR = '=.*';
/** By a label of what is listed. */
export const LABEL_FIELD: Field = { label: 'Label', placeholder: 'env=prod', pattern: `\\s*[A-Za-z0-9][A-Za-z0-9._\\-]*${PAIR}` };

const closed = (label: string, options: readonly string[]): Field => ({ label, options, canExclude: true });
const tenant: Field = { label: 'Tenant' };
const eventType: Field = { label: 'Event type' };
const event: Field = { label: 'Event', placeholder: 'evt_…' };
const ofEvent = {
  ceId: { label: 'CloudEvents id' },
  subject: { label: 'Subject', placeholder: 'order/4711' },
  ext: { label: 'Extension attribute', placeholder: 'order=4711', pattern: `\\s*[a-z0-9]+${PAIR}` },
} satisfies Record<string, Field>;
const ofDelivery = {
  errorClass: closed('Error', ERROR_CLASSES),
  responseStatus: { label: 'HTTP status', placeholder: '503 or 5xx', pattern: '\\s*[1-5]([0-9][0-9]|xx)\\s*', canExclude: true },
  eventType,
  tenant,
  application: { label: 'Application', placeholder: 'app_…' },
  callback: { label: 'Callback', placeholder: 'cb_…' },
  label: { ...LABEL_FIELD, label: 'Label of the callback' },
  subscription: { label: 'Subscription', placeholder: 'sub_…' },
  event,
  operation: { label: 'Operation', placeholder: 'op_…' },
  requestedBy: { label: 'Asked for by', placeholder: 'key_…' },
} satisfies Record<string, Field>;

const ATTEMPT_REASONS = ['first', 'retry', 'resend', 'unblock', 'recover', 'replay'] as const satisfies readonly Schemas['Attempt']['reason'][];
/** Why a delivery waits, or was not sent. */
const DELIVERY_REASONS = Object.keys({
  'endpoint-busy': true,
  'endpoint-silent': true,
  'rate-limited': true,
  'no-token': true,
  'nuncio-unable': true,
  'callback-paused': true,
  exhausted: true,
  'callback-disabled': true,
  'subscription-deleted': true,
  'subscription-blocked': true,
  'subscription-inactive': true,
  'awaits-approval': true,
  'needs-approval': true,
  'tenant-suspended': true,
  'event-type-deleted': true,
  'event-type-not-covered': true,
  'filtered-out': true,
  'other-tenant': true,
  'other-callback': true,
  'parked-too-long': true,
  released: true,
  'another-attempt-ahead': true,
  'canceled-by-hand': true,
  other: true,
} satisfies Record<NonNullable<Schemas['Delivery']['reasonCode']>, true>);

export const DELIVERY_FIELDS: FieldsOf<DeliveryQuery> = {
  status: closed('State', ['pending', 'held', 'parked', 'delivered', 'failed', 'canceled', 'skipped', 'expired']),
  reason: closed('Reason', DELIVERY_REASONS),
  ...ofDelivery,
  ...ofEvent,
  id: { label: 'Id', placeholder: 'dlv_…' },
};
export const ATTEMPT_FIELDS: FieldsOf<AttemptQuery> = {
  status: closed('Outcome', ['delivered', 'failed']),
  reason: closed('Reason', ATTEMPT_REASONS),
  ...ofDelivery,
  delivery: { label: 'Delivery', placeholder: 'dlv_…' },
  id: { label: 'Id', placeholder: 'att_…' },
};
export const EVENT_FIELDS: FieldsOf<EventQuery> = {
  ...ofEvent,
  ceSource: { label: 'Source' },
  eventType,
  tenant,
  unmatched: closed('Nobody got it', ['any', ...Object.keys(NOBODY)]),
  id: { label: 'Id', placeholder: 'evt_…' },
};
