import { Injectable } from '@nestjs/common';
import { Fault, type Principal, type Subscription } from '@nuncio/contracts';
import { callback } from '../callbacks/callback.js';
import { EventStore, type Resource } from '../event-store/index.js';
import { Samples } from '../samples/samples.js';
import { needsApproval } from './admission.js';
import { requireMove } from './moves.js';
import type { Verification } from './presentation.js';
import { move, subscription, verified } from './subscription.js';

/** Proves that a subscription's callback takes what is sent there. */
@Injectable()
export class Verifications {
  constructor(
    private readonly store: EventStore,
    private readonly samples: Samples,
  ) {}

  /** Sends a sample, and moves the subscription if that got a success. Throws Fault `illegal-move`, and `conflict` where the callback is another by then. */
  async verify(caller: Principal, id: string, ifMatch: number | null): Promise<{ resource: Resource<Subscription>; verification: Verification }> {
    const before = await this.store.read(caller).get(subscription, id);
    if (ifMatch !== null && before.version !== ifMatch) throw new Fault('stale', `this subscription is at version ${before.version} by now, not ${ifMatch}`);
    requireMove(before.state.state, 'verify');
    const tried = await this.store.read(caller).get(callback, before.state.callback);
    const { ok, status, error, tokenError } = await this.samples.send(tried.id);
    const verification = { ok, status, error, tokenError };
    if (!ok) return { resource: before, verification };
    const resource = await this.store.transact(caller, async (tx) => {
      const current = await tx.current(subscription, id, ifMatch);
      const now = await tx.get(callback, current.state.callback);
      if (now.id !== tried.id || now.version !== tried.version) throw new Fault('conflict', 'the callback was changed while it was verified', { retriable: true });
      const to = verified(current.state.state, await needsApproval(tx, current.state.eventTypes));
      return tx.append(subscription, current, [move(current.state.state, 'verify', null, to)]);
    });
    return { resource, verification };
  }
}
