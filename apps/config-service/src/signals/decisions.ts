import type { Signal, Subscription } from '@nuncio/contracts';
import type { CallbackState } from '../callbacks/callback.js';
import { changed, type Change, type Resource } from '../event-store/index.js';
import { move } from '../subscriptions/subscription.js';

/**
 * Blocks an active subscription, unless it has changed since the position that the dispatcher knew. So a stale signal never blocks a subscription
 * again that was unblocked.
 */
export function decideBlock({ position, state }: Pick<Resource<Subscription>, 'position' | 'state'>, signal: Signal): Change[] {
  if (state.state !== 'activated' || signal.position < position) return [];
  return [move(state.state, 'block', signal.status === null ? signal.errorClass : `${signal.errorClass} ${signal.status}`)];
}

/**
 * Disables a callback that answered 410, or has only failed for too long. Not if it was edited since the position that the dispatcher knew: whoever
 * enabled it again meant it. Positions are compared, since clocks differ. A signal of a former release has no callback position; its subscription's
 * is used.
 */
export function decideGone({ position, state }: Pick<Resource<CallbackState>, 'position' | 'state'>, signal: Signal): Change[] {
  const seenAt = signal.callbackPosition ?? signal.position;
  return state.enabled && seenAt >= position ? [changed({ enabled: false, disabledReason: signal.signal === 'failing' ? 'failing' : 'gone' })] : [];
}
