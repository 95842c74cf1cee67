import { z } from 'zod';

/** Why a delivery waits or was not sent: each stable code of the API, and its sentence in the facts. */
const SENTENCES = {
  'endpoint-busy': 'the endpoint is busy',
  'endpoint-silent': 'the endpoint answers nothing',
  'rate-limited': 'its rate is limited',
  'no-token': 'no token',
  'nuncio-unable': 'Nuncio cannot send now',
  'callback-paused': 'its callback is paused',
  exhausted: 'exhausted',
  'callback-disabled': 'the callback is disabled',
  'subscription-deleted': 'the subscription was deleted',
  'subscription-blocked': 'the subscription is blocked',
  'subscription-inactive': 'the subscription is not active',
  'awaits-approval': 'the subscription waits to be approved again',
  'needs-approval': '"*" does not cover its event type, which requires approval now',
  'tenant-suspended': 'the tenant is suspended',
  'event-type-deleted': 'its event type was deleted',
  'event-type-not-covered': 'the subscription does not cover its event type now',
  'filtered-out': 'the event does not pass the filter of the subscription now',
  'other-tenant': "the event is not addressed to the subscription's tenant",
  'other-callback': 'the notice is for another callback',
  'parked-too-long': 'it was parked for too long',
  released: 'it may be sent again',
  'another-attempt-ahead': 'another attempt was ahead of it',
} as const;

/** The beginning of the sentence of `canceled-by-hand`; the caller follows. */
export const CANCELED_BY = 'it was canceled by ';

type Known = keyof typeof SENTENCES;
/** A reason as facts have it. One without a code does not compile. */
export type ReasonSentence = (typeof SENTENCES)[Known] | `${typeof CANCELED_BY}${string}`;

const CODES = Object.keys(SENTENCES) as Known[];

/** The stable code of a reason. `other` = a sentence of another release. */
export const DeliveryReason = z.enum([...CODES, 'canceled-by-hand', 'other']);
export type DeliveryReason = z.infer<typeof DeliveryReason>;

const CODE_OF: ReadonlyMap<string, Known> = new Map(CODES.map((code) => [SENTENCES[code], code]));

/** The code of a sentence; null = there is none. */
export function codeOfReason(sentence: string | null): DeliveryReason | null {
  if (sentence === null) return null;
  return CODE_OF.get(sentence) ?? (sentence.startsWith(CANCELED_BY) ? 'canceled-by-hand' : 'other');
}

/** The sentence of each code that has one. */
export const REASON_SENTENCES: Readonly<Partial<Record<DeliveryReason, string>>> = SENTENCES;
