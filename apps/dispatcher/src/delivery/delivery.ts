import { unknownOf, type AttemptReason, type Errand, type NuncioEvent } from '@nuncio/contracts';
import type { Viewed } from '@nuncio/kafka';
import type { Endpoint } from '../routing/endpoint.js';

/** The data that `deliver()` needs; a sample has no more than this. */
export interface Sendable {
  /** `dlv_…`, constant over retries, resends and replays. */
  readonly id: string;
  readonly event: NuncioEvent;
  /** When the event's record was appended, in epoch milliseconds. */
  readonly eventAt: number;
  readonly endpoint: Endpoint;
  /** The number of the next attempt. */
  readonly number: number;
  /** Delays of the retry schedule used so far; null = no schedule (resend by hand). */
  readonly retriesUsed: number | null;
  readonly firstAttemptAt: number | null;
  /** The position at which its subscription was last activated. Failures to get a token from before that do not count. */
  readonly activatedAt: number;
}

/** One event for one subscription, on its way to its next attempt. */
export interface Delivery extends Sendable {
  readonly subscription: Viewed<'subscription'>;
  readonly reason: AttemptReason;
  /** When it was due, in epoch milliseconds. */
  readonly dueAt: number;
  readonly hop: number;
  readonly heldSince: number | null;
  readonly holds: number;
  readonly pausedUntil?: number | undefined;
  readonly requestedBy: string | null;
  readonly operation?: string;
  readonly insteadOf?: Errand['insteadOf'];
  /** The errand that it was made from. */
  readonly errand?: Errand;
}

/** How many attempts the schedule still allows after this one. */
export const attemptsLeft = ({ retriesUsed, endpoint }: Sendable): number =>
  retriesUsed === null ? 0 : Math.max(0, endpoint.callback.retry.delaysSeconds.length - retriesUsed);

/** Since when it has waited to come back, at the time `now`; null = it is not waiting to come back. */
export const backSince = ({ heldSince, reason }: Delivery, now: number): number | null => heldSince ?? (reason === 'first' || reason === 'retry' ? null : now);

/** The tenant and callback of a delivery. */
export const whose = ({ endpoint: { callback } }: Sendable): NonNullable<Errand['of']> => ({
  tenant: callback.tenant,
  application: callback.application,
  callback: callback.id,
});

/**
 * The position of the configuration in which the reason for parking was found: any later change of the subscription or the callback may release the
 * delivery.
 */
export const knownOf = (subscription: { readonly position: number }, endpoint: { readonly position: number } | null): number =>
  Math.max(subscription.position, endpoint?.position ?? 0);

/** The errand that brings a delivery back to its next attempt, or to the same one after a hold. */
export const errandOf = (delivery: Delivery, next: Partial<Errand> & Pick<Errand, 'notBefore'>): Errand => ({
  ...(delivery.errand && unknownOf(delivery.errand)),
  event: delivery.event.id,
  eventAt: delivery.eventAt,
  subscriptions: [delivery.subscription.id],
  of: whose(delivery),
  number: delivery.number,
  reason: delivery.reason,
  hop: delivery.hop + 1,
  retriesUsed: delivery.retriesUsed,
  firstAttemptAt: delivery.firstAttemptAt,
  heldSince: delivery.heldSince,
  holds: delivery.holds,
  position: null,
  requestedBy: delivery.requestedBy,
  operation: delivery.operation,
  ...(delivery.pausedUntil !== undefined && { pausedUntil: delivery.pausedUntil }),
  ...(delivery.insteadOf && { insteadOf: { ...delivery.insteadOf, hop: null } }),
  ...next,
});

/** The errand of the attempt that follows a failed one, begun at `startedAt`, by the retry schedule. */
export const retryOf = (delivery: Delivery, startedAt: number, notBefore: number): Errand =>
  errandOf(delivery, {
    number: delivery.number + 1,
    reason: 'retry',
    hop: 0,
    retriesUsed: (delivery.retriesUsed ?? 0) + 1,
    firstAttemptAt: delivery.firstAttemptAt ?? startedAt,
    notBefore,
    heldSince: null,
    holds: 0,
    pausedUntil: undefined,
    insteadOf: undefined,
  });
