import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { Fault, type Principal, type Subscription } from '@nuncio/contracts';
import type { Versions } from '@nuncio/service';
import { callback } from '../callbacks/callback.js';
import { credential } from '../credentials/credential.js';
import { EventStore, requireVersion, type Resource, type Resources } from '../event-store/index.js';
import { Samples } from '../samples/samples.js';
import { needsApproval } from './admission.js';
import { requireMove } from './moves.js';
import type { Verification } from './presentation.js';
import { move, subscription, verified } from './subscription.js';

/** Verifies that a subscription's callback accepts requests. */
@Injectable()
export class Verifications {
  constructor(
    private readonly store: EventStore,
    private readonly samples: Samples,
  ) {}

  /**
   * Sends a sample, and moves the subscription if it succeeded. Throws Fault `illegal-move`, and `conflict` if the callback or its credential has
   * changed meanwhile.
   */
  async verify(caller: Principal, id: string, ifMatch: Versions): Promise<{ resource: Resource<Subscription>; verification: Verification }> {
    const before = await this.store.read(caller).get(subscription, id);
    requireVersion('subscription', before.version, ifMatch);
    requireMove(before.state.state, 'verify');
    const to = before.state.callback;
    const tried = await receiverOf(this.store.read(caller), to);
    const { ok, status, error, tokenError, advice, adviceCode } = await this.samples.send(to);
    const verification = { ok, status, error, tokenError, advice, adviceCode };
    if (!ok) return { resource: before, verification };
    const resource = await this.store.transact(caller, async (tx) => {
      const current = await tx.current(subscription, id, ifMatch);
      if (!isDeepStrictEqual(await receiverOf(tx, current.state.callback), tried)) throw new Fault('conflict', 'the callback was changed while it was verified', { retriable: true });
      const to = verified(current.state.state, await needsApproval(tx, current.state.eventTypes));
      return tx.append(subscription, current, [move(current.state.state, 'verify', null, to)]);
    });
    return { resource, verification };
  }
}

/** What a sample is sent with at present: the versions of the callback and its credential. */
async function receiverOf(resources: Resources, id: string): Promise<object> {
  const { version, state } = await resources.get(callback, id);
  const { authentication } = state;
  return { id, version, credential: authentication.type === 'oauth2' ? await resources.versionOf(credential, authentication.credential) : null };
}
