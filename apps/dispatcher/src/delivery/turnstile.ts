const CHECK_EVERY_MS = 20;
const QUIESCE_MS = 5_000;

/**
 * Where every request of one consumer group passes: closed while the group is rebalanced or while it is not sure that this member still owns its
 * partitions, since somebody else may be sending the same.
 */
export class Turnstile {
  #open = true;
  #onTheWire = 0;

  /** `isMember`: the last heartbeat is younger than the session timeout. */
  constructor(private readonly isMember: () => boolean) {}

  /** True = go on, and say `left()` at the end; false = the partition is lost or the service stops: abandon it. */
  async pass(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted && !(this.#open && this.isMember())) await new Promise((resolve) => setTimeout(resolve, CHECK_EVERY_MS));
    if (signal.aborted) return false;
    this.#onTheWire += 1;
    return true;
  }

  left(): void {
    this.#onTheWire -= 1;
  }

  /** Starts nothing more; resolves when the wire is quiet, or after 5 s. */
  async close(): Promise<void> {
    this.#open = false;
    const deadline = Date.now() + QUIESCE_MS;
    while (this.#onTheWire > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, CHECK_EVERY_MS));
  }

  open(): void {
    this.#open = true;
  }
}
