/** A record of them stays small: what is left is told next time. */
export const MOST_TOLD = 2_000;

/** Ids of the API keys that this process was called with and has not told of. */
export class UsedKeys {
  readonly #ids = new Set<string>();

  add(...ids: readonly string[]): void {
    for (const id of ids) this.#ids.add(id);
  }

  /** Some to tell of, the earliest first. */
  take(): string[] {
    const taken = [...this.#ids].slice(0, MOST_TOLD);
    for (const id of taken) this.#ids.delete(id);
    return taken;
  }
}
