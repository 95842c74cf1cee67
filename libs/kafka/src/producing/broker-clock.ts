/**
 * The time of the brokers, as their acknowledgements show it: a record was appended after it was sent and before it was acknowledged. While this
 * process's clock fits that, it is used as theirs.
 */
export class BrokerClock {
  #aheadMs = 0;

  /** Epoch milliseconds. */
  get now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** `appendedAt`: the broker's timestamp; not positive = there is none. The others are by this process's clock. All in epoch milliseconds. */
  heard(appendedAt: number, sentAt: number, acknowledgedAt: number): void {
    if (appendedAt > 0) this.#aheadMs = Math.max(appendedAt - acknowledgedAt, Math.min(this.#aheadMs, appendedAt - sentAt));
  }
}
