import { setImmediate } from 'node:timers/promises';

/** Some milliseconds of reading them. */
const BYTES_AT_A_STRETCH = 262_144;

/** Whoever reads many payloads lets others have their turn in between: to parse 1 MiB of JSON takes some ten milliseconds, in which nobody is answered. */
export class Pace {
  #bytes = 0;

  /** When to go on, after this one. */
  async after({ length }: Buffer): Promise<void> {
    this.#bytes += length;
    if (this.#bytes < BYTES_AT_A_STRETCH) return;
    this.#bytes = 0;
    await setImmediate();
  }
}
