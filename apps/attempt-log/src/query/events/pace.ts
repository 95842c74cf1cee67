import { setImmediate } from 'node:timers/promises';

/** Parsing this much takes some milliseconds. */
const BYTES_AT_A_STRETCH = 262_144;

/** Yields to other requests while many payloads are read: parsing 1 MiB of JSON blocks the event loop for some ten milliseconds. */
export class Pace {
  #bytes = 0;

  /** Call after each payload; resolves when to go on. */
  async after({ length }: Buffer): Promise<void> {
    this.#bytes += length;
    if (this.#bytes < BYTES_AT_A_STRETCH) return;
    this.#bytes = 0;
    await setImmediate();
  }
}
