/**
 * The brokers' time, as their acknowledgements tell it. A record was appended after it was sent and before it was acknowledged. Our own clock counts as theirs as long
 * as that fits.
 */
export class BrokerClock {
  #aheadMs = 0;

  /** Epoch milliseconds. */
  get now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** `appendedAt`: the broker's stamp; not positive = it has none. The others: by our clock. Epoch milliseconds. */
  heard(appendedAt: number, sentAt: number, acknowledgedAt: number): void {
    if (appendedAt > 0) this.#aheadMs = Math.max(appendedAt - acknowledgedAt, Math.min(this.#aheadMs, appendedAt - sentAt));
  }
}
