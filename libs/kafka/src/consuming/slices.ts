import { setImmediate as breathe } from 'node:timers/promises';

/** Longer than this, in milliseconds, a step would delay everything else that the process does. */
const SLICE_MS = 4;

/** Long work in slices: sockets and timers are served in between. */
export class Slices {
  #since = performance.now();

  /** Waits for the next round of the event loop, if this slice has been long enough. Undefined = it may go on. */
  next(): Promise<void> | undefined {
    return performance.now() - this.#since < SLICE_MS ? undefined : this.#breathe();
  }

  async #breathe(): Promise<void> {
    await breathe();
    this.#since = performance.now();
  }
}
