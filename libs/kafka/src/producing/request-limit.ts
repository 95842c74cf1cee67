/** What is written in a few milliseconds. With less, a cluster that takes half a second to acknowledge would get too few records a second. */
const MOST_BYTES = 4 * 1_024 * 1_024;
/** One record may be as large. */
const LEAST_BYTES = 512 * 1_024;
const GROWTH = 1.1;

/**
 * How large a request may be, over all its partitions. A broker that takes less (`socket.request.max.bytes`) does not say so: it closes the connection, as it does for other reasons. So the
 * limit is halved when a connection was closed on a request, and grows again with each full one that is answered. Pure.
 */
export class RequestLimit {
  #bytes = MOST_BYTES;

  get bytes(): number {
    return this.#bytes;
  }

  /** `sent`: the size of a request. */
  closed(sent: number): void {
    if (sent > LEAST_BYTES) this.#bytes = Math.max(LEAST_BYTES, Math.min(this.#bytes, sent) / 2);
  }

  answered(sent: number): void {
    if (sent >= this.#bytes) this.#bytes = Math.min(MOST_BYTES, this.#bytes * GROWTH);
  }
}
