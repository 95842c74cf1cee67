import { setTimeout as pause } from 'node:timers/promises';

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
  pass(signal: AbortSignal): boolean | Promise<boolean> {
    if (signal.aborted) return false;
    if (!this.#open || !this.isMember()) return pause(CHECK_EVERY_MS).then(() => this.pass(signal));
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
    while (this.#onTheWire > 0 && Date.now() < deadline) await pause(CHECK_EVERY_MS);
  }

  open(): void {
    this.#open = true;
  }
}
