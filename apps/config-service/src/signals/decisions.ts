import type { Signal, Subscription } from '@nuncio/contracts';
import type { CallbackState } from '../callbacks/callback.js';
import { changed, type Change, type Resource } from '../event-store/index.js';
import { move } from '../subscriptions/subscription.js';

/** Blocks an active subscription, unless something has happened to it since the dispatcher's view of it: a stale signal never blocks again what was unblocked. */
export function decideBlock({ position, state }: Pick<Resource<Subscription>, 'position' | 'state'>, signal: Signal): Change[] {
  if (state.state !== 'activated' || signal.position < position) return [];
  return [move(state.state, 'block', signal.status === null ? signal.errorClass : `${signal.errorClass} ${signal.status}`)];
}

/** Disables a callback that answered 410, unless it was edited after that: whoever revives it means it. */
export function decideGone({ state, updatedAt }: Pick<Resource<CallbackState>, 'state' | 'updatedAt'>, signal: Signal): Change[] {
  return state.enabled && signal.at > updatedAt.getTime() ? [changed({ enabled: false, disabledReason: 'gone' })] : [];
}
