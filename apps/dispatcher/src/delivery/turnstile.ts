import { setTimeout as pause } from 'node:timers/promises';

const CHECK_EVERY_MS = 20;
const QUIESCE_MS = 5_000;

/** Whose partition a record is of: `signal` = start nothing new, `lost` = it is somebody else's. */
export interface Claim {
  readonly signal: AbortSignal;
  readonly lost: AbortSignal;
}

/**
 * Where every request of one consumer group passes: closed while the group is rebalanced or while it is not sure that this member still owns its
 * partitions, since somebody else may be sending the same.
 */
export class Turnstile {
  #open = true;
  #under = 0;

  /** `memberUntil`: a session timeout after the last heartbeat, in epoch milliseconds. */
  constructor(private readonly memberUntil: () => number) {}

  passage(claim: Claim): Passage {
    return new Passage(claim, {
      isOpen: (begun) => (this.#open || begun) && Date.now() < this.memberUntil(),
      sureUntil: this.memberUntil,
      begun: () => (this.#under += 1),
      ended: () => (this.#under -= 1),
    });
  }

  /** Nothing more begins; resolves when every record that has is finished, or after 5 s. */
  async close(): Promise<void> {
    this.#open = false;
    const deadline = Date.now() + QUIESCE_MS;
    while (this.#under > 0 && Date.now() < deadline) await pause(CHECK_EVERY_MS);
  }

  open(): void {
    this.#open = true;
  }
}

interface Gate {
  isOpen(begun: boolean): boolean;
  sureUntil(): number;
  begun(): void;
  ended(): void;
}

/**
 * One record's way through the turnstile. Once one of its deliveries has begun the others follow although the turnstile closes or the service stops:
 * a record left half done is done again, whole, by its next owner.
 */
export class Passage {
  #begun = false;

  constructor(
    private readonly claim: Claim,
    private readonly gate: Gate,
  ) {}

  /** A request that has not left by then, in epoch milliseconds, is not to leave before it has passed again. */
  get sendBefore(): number {
    return this.gate.sureUntil();
  }

  /** Not ours to go on with. */
  get aborted(): boolean {
    return (this.#begun ? this.claim.lost : this.claim.signal).aborted;
  }

  /** Before every request, and again after every wait: true = go on, false = abandon it. */
  pass(): boolean | Promise<boolean> {
    if (this.aborted) return false;
    return this.gate.isOpen(this.#begun) ? this.#enter() : this.#wait();
  }

  /** All that follows is on record too. */
  end(): void {
    if (this.#begun) this.gate.ended();
  }

  #enter(): true {
    if (!this.#begun) this.gate.begun();
    this.#begun = true;
    return true;
  }

  /** A loop: promises that wait for one another would be as many as there were looks, and an outage makes thousands a passage. */
  async #wait(): Promise<boolean> {
    // What waits for the group is not what the group has to wait for.
    if (this.#begun) this.gate.ended();
    while (!this.aborted && !this.gate.isOpen(this.#begun)) await pause(CHECK_EVERY_MS);
    if (this.#begun) this.gate.begun();
    return !this.aborted && this.#enter();
  }
}
