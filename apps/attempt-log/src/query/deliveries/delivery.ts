import { maybeAdvice, tokenAdvice } from '@nuncio/auth';
import { codeOfReason, DeliveryReason, ErrorClass, HeldFor, isSuspended, takesPart, TokenError, type Attempted } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import { DeliveryStatus } from '../../delivery-status.js';
import { pauseEnd } from '../../pause-end.js';
import { ShownAttempt } from '../attempts/attempt.js';
import { Lineage } from '../lineage.js';
import { explain, ExplanationCode } from './explanation.js';
import { waitsOf, type StoredDelivery } from './stored-delivery.js';
import { TimelineEntry } from './timeline.js';

/** The identifying fields of a delivery. */
export const namesOfDelivery = {
  id: z.string().meta({ examples: ['dlv_9f86d081884c7d659a2feaa0c55ad015'] }),
  event: z.string(),
  ceId: z.string(),
  ceSource: z.string(),
  eventType: z.string(),
  tenant: z.string(),
  application: z.string(),
  callback: z.string(),
  subscription: z.string(),
};

export const showNames = (row: Pick<StoredDelivery, 'id' | 'event_id' | 'ce_id' | 'ce_source' | 'event_type' | 'tenant' | 'application' | 'callback' | 'subscription'>) => ({
  id: row.id,
  event: row.event_id,
  ceId: row.ce_id,
  ceSource: row.ce_source,
  eventType: row.event_type,
  tenant: row.tenant,
  application: row.application,
  callback: row.callback,
  subscription: row.subscription,
});

const Step = z
  .union([z.object({ step: z.enum(['later', 'held']), notBefore: Moment.nullable() }), z.object({ step: z.enum(['parked', 'dead', 'done']) })])
  .describe('The next step')
  .meta({ id: 'DeliveryStep' });

/** A delivery in the API. */
export const ShownDelivery = z
  .object({
    ...namesOfDelivery,
    status: DeliveryStatus.describe('The present status'),
    reason: z.string().nullable(),
    reasonCode: DeliveryReason.nullable().describe('The stable code of `reason`; null = there is none'),
    explanation: z.string().describe('A sentence on the status and its reason'),
    explanationCode: ExplanationCode.describe('The stable code of `explanation`. Its values are the other fields'),
    next: Step,
    hold: z
      .object({
        for: HeldFor.describe('What it waits for'),
        since: Moment.describe('Since when it is held'),
        nextAt: Moment.nullable().describe('When the next attempt is due; a time in the past = at any moment'),
        givesUpAt: Moment.describe('The delivery fails then, if no attempt could be made before'),
        credential: z.string().nullable().describe('The credential whose token it waits for; null = none'),
        tokenError: TokenError.nullable(),
        ...maybeAdvice,
      })
      .nullable()
      .describe('What a held delivery waits for; null = it is not held, or its facts are from before this was recorded'),
    willCancel: z.boolean().describe('Whether the waiting attempt will be canceled under the present configuration'),
    delivered: z.object({ number: z.int().describe('The number of the attempt'), at: Moment.nullable().describe('When its answer arrived') }).nullable().describe('The first success; null = there was none'),
    attemptCount: z.int().describe('The number of attempts so far'),
    firstAttemptAt: Moment.nullable().describe('When the first attempt began; null = there was none'),
    lastAttemptAt: Moment.nullable().describe('When the last attempt began; null = there was none'),
    lastAttempt: z.string().nullable().describe('Id of the last attempt; null = there was none'),
    responseStatus: z.int().nullable().describe('The status answered to the last attempt; null = there was no answer'),
    errorClass: ErrorClass.nullable().describe('The error class of the last attempt; null = it did not fail'),
    createdAt: Moment.describe('When the event was published'),
    updatedAt: Moment.describe('When the status last changed'),
  })
  .meta({ id: 'Delivery' });

/** A delivery with all its attempts, the first one first. */
export const WholeDelivery = ShownDelivery.extend({
  lineage: Lineage.nullable().describe('The record of the event; null = the log has not read it yet, or no longer keeps it'),
  attempts: z.array(ShownAttempt).describe('Oldest first'),
  timeline: z.array(TimelineEntry).describe('Everything that happened to it, oldest first'),
}).meta({ id: 'WholeDelivery' });

/** From its row. Dates become RFC 3339 when the answer is written as JSON. */
export const showDelivery = (row: StoredDelivery, view: Pick<ConfigView, 'get'>, lastAttempt?: Attempted) => ({
  ...showNames(row),
  status: row.status,
  reason: row.reason,
  reasonCode: codeOfReason(row.reason),
  ...explained(row, view, lastAttempt),
  next: nextStep(row, view),
  hold: holdOf(row, view),
  willCancel: willCancel(row, view),
  delivered: row.status === 'delivered' ? { number: row.delivered_number ?? row.attempts, at: row.delivered_at ?? row.last_attempt_at } : null,
  attemptCount: row.attempts,
  firstAttemptAt: row.first_attempt_at,
  lastAttemptAt: row.last_attempt_at,
  lastAttempt: row.last_attempt,
  responseStatus: row.response_status,
  errorClass: row.error_class,
  createdAt: row.event_at,
  updatedAt: row.updated_at,
});

export type ShownDelivery = ReturnType<typeof showDelivery>;

function explained(row: StoredDelivery, view: Pick<ConfigView, 'get'>, lastAttempt?: Attempted) {
  const { code, sentence } = explain(row, {
    willCancel: willCancel(row, view),
    pausedUntil: pauseEnd(view.get('callback', row.callback)?.state),
    tokenError: lastAttempt?.tokenError ?? null,
    detail: lastAttempt?.error?.detail ?? null,
  });
  return { explanation: sentence, explanationCode: code };
}

/** When the next attempt is due: not before the pause of its callback ends. */
function nextAt({ next_at, callback }: StoredDelivery, view: Pick<ConfigView, 'get'>): Date | null {
  const pausedUntil = pauseEnd(view.get('callback', callback)?.state);
  return pausedUntil && (!next_at || next_at < pausedUntil) ? pausedUntil : next_at;
}

function nextStep(row: StoredDelivery, view: Pick<ConfigView, 'get'>) {
  const { status } = row;
  switch (status) {
    case 'pending':
      return { step: 'later' as const, notBefore: nextAt(row, view) };
    case 'held':
      return { step: status, notBefore: nextAt(row, view) };
    case 'parked':
      return { step: status };
    case 'failed':
    case 'expired':
      return { step: 'dead' as const };
    case 'delivered':
    case 'canceled':
    case 'skipped':
      return { step: 'done' as const };
  }
}

function holdOf(row: StoredDelivery, view: Pick<ConfigView, 'get'>) {
  const held = row.status === 'held' ? waitsOf(row)?.held : null;
  if (!held) return null;
  const authentication = view.get('callback', row.callback)?.state.authentication;
  return {
    for: held.for,
    since: new Date(held.since),
    nextAt: nextAt(row, view),
    givesUpAt: new Date(held.givesUpAt),
    credential: held.for === 'no-token' && authentication?.type === 'oauth2' ? authentication.credential : null,
    tokenError: held.tokenError,
    ...(held.tokenError ? tokenAdvice(held.tokenError) : { advice: null, adviceCode: null }),
  };
}

/**
 * Whether the waiting attempt will be canceled under the present configuration. The dispatcher records that when it is
 * due.
 */
export function willCancel({ status, subscription, callback }: StoredDelivery, view: Pick<ConfigView, 'get'>): boolean {
  if (status !== 'pending' && status !== 'held') return false;
  const found = view.get('subscription', subscription)?.state;
  const isTenantSuspended = isSuspended(view.get('tenant', found?.tenant ?? '')?.state);
  return !found || !takesPart({ subscription: found, isTenantSuspended }) || !view.get('callback', callback)?.state.enabled;
}
