import type { Signal, Subscription } from '@nuncio/contracts';
import type { CallbackState } from '../callbacks/callback.js';
import { changed, type Change, type Resource } from '../event-store/index.js';
import { move } from '../subscriptions/subscription.js';

/** Blocks an active subscription, unless something has happened to it since the dispatcher's view of it: a stale signal never blocks again what was unblocked. */
export function decideBlock({ position, state }: Pick<Resource<Subscription>, 'position' | 'state'>, signal: Signal): Change[] {
  if (state.state !== 'activated' || signal.position < position) return [];
  return [move(state.state, 'block', signal.status === null ? signal.errorClass : `${signal.errorClass} ${signal.status}`)];
}

/**
 * Disables a callback that answered 410, or nothing but failures for too long, unless it was edited after the dispatcher's view of it: whoever revives it means it. By positions, since the two have
 * clocks of their own. A signal of before it named the callback's position goes by its subscription's.
 */
export function decideGone({ position, state }: Pick<Resource<CallbackState>, 'position' | 'state'>, signal: Signal): Change[] {
  const seenAt = signal.callbackPosition ?? signal.position;
  return state.enabled && seenAt >= position ? [changed({ enabled: false, disabledReason: signal.signal === 'failing' ? 'failing' : 'gone' })] : [];
}
