import { setTimeout as pause } from 'node:timers/promises';
import type { Claim } from './fence.js';

const CHECK_EVERY_MS = 20;

/**
 * Who owns a record. `ours`: this process. `draining`: the service stops; this process finishes work in flight and begins nothing. `lost`: its
 * partition has another owner, or it was handed on.
 */
export type Ownership = 'ours' | 'draining' | 'lost';
/** The membership in the consumer group. `rebalancing`: about to join again. `uncertain`: no heartbeat was confirmed for a session, and another member may have the partition. */
export type Membership = 'certain' | 'rebalancing' | 'uncertain';
/** The stage of one delivery. `inFlight`: from its first request until all that follows is on record. */
export type Stage = 'waiting' | 'inFlight';
type Verdict = 'go' | 'wait' | 'stop';

/** What a delivery may do, in every combination. A delivery that has ended asks no more. */
const TABLE: Readonly<Record<Ownership, Readonly<Record<Membership, Readonly<Record<Stage, Verdict>>>>>> = {
  ours: {
    certain: { waiting: 'go', inFlight: 'go' },
    rebalancing: { waiting: 'wait', inFlight: 'go' },
    uncertain: { waiting: 'wait', inFlight: 'wait' },
  },
  draining: {
    certain: { waiting: 'stop', inFlight: 'go' },
    rebalancing: { waiting: 'stop', inFlight: 'go' },
    uncertain: { waiting: 'stop', inFlight: 'wait' },
  },
  lost: {
    certain: { waiting: 'stop', inFlight: 'stop' },
    rebalancing: { waiting: 'stop', inFlight: 'stop' },
    uncertain: { waiting: 'stop', inFlight: 'stop' },
  },
};

export const verdictOf = (ownership: Ownership, membership: Membership, stage: Stage): Verdict => TABLE[ownership][membership][stage];

/** One delivery's right to be sent and recorded. It is checked before every request, after every wait, and before the result is written. */
export class Lease {
  #stage: Stage = 'waiting';

  constructor(private readonly claim: Claim) {}

  /** True = go on, and the delivery is in flight. False = leave it to another process. A promise while it is unknown. */
  go(): boolean | Promise<boolean> {
    const verdict = this.#verdict;
    return verdict === 'wait' ? this.#wait() : verdict === 'go' && this.#begin();
  }

  /** Whether the result must not be written any more. */
  get aborted(): boolean {
    return this.#verdict === 'stop';
  }

  /** Epoch milliseconds. A request that has not been written by then must not be, before `go()` is called again. */
  get sendBefore(): number {
    return this.#verdict === 'go' ? this.claim.memberUntil : 0;
  }

  /** Ends the lease: everything that follows is on record, or the delivery waits for its turn again. */
  end(): void {
    if (this.#stage === 'inFlight') this.claim.ended();
    this.#stage = 'waiting';
  }

  get #verdict(): Verdict {
    return verdictOf(this.claim.ownership, this.claim.membership, this.#stage);
  }

  #begin(): true {
    if (this.#stage === 'waiting') this.claim.begun();
    this.#stage = 'inFlight';
    return true;
  }

  /** It is a loop, since a chain of promises would grow with every check: an outage makes thousands for a delivery. */
  async #wait(): Promise<boolean> {
    const wasInFlight = this.#stage === 'inFlight';
    // While it waits for its group to join again it is not in flight, and the group must not wait for it.
    if (wasInFlight) this.claim.ended();
    while (this.#verdict === 'wait') await pause(CHECK_EVERY_MS);
    if (wasInFlight) this.claim.begun();
    return this.#verdict === 'go' && this.#begin();
  }
}
