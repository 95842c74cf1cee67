/** The most ids in one pulse; the rest follows in the next. */
export const MOST_TOLD = 2_000;

/** Ids of the API keys that this process was called with and has not reported yet. */
export class UsedKeys {
  readonly #ids = new Set<string>();

  add(...ids: readonly string[]): void {
    for (const id of ids) this.#ids.add(id);
  }

  /** Ids to report, the earliest first. */
  take(): string[] {
    const taken = [...this.#ids].slice(0, MOST_TOLD);
    for (const id of taken) this.#ids.delete(id);
    return taken;
  }
}
