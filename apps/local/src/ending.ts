const HURRY_AFTER_MS = 1_000;

/** Whether this process is to end, and why. */
export class Ending {
  readonly #abort = new AbortController();
  /** The error; absent if somebody asked for the end. */
  failure: Error | undefined;

  /** Aborted once the end has been asked for. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  readonly reached = new Promise<void>((resolve) => {
    this.#abort.signal.addEventListener('abort', () => {
      resolve();
    });
  });

  readonly because = (failure: Error): void => {
    this.failure ??= failure;
    this.#abort.abort();
  };

  /**
   * Ends on SIGINT, SIGTERM, SIGHUP, and when the parent process is gone. A second signal calls `hurry`. One Ctrl-C may arrive several times
   * (from the terminal, npm, the start script), so signals within a second count as one.
   */
  onSignals(hurry: () => void): void {
    let first = 0;
    const end = (): void => {
      if (first && Date.now() - first > HURRY_AFTER_MS) hurry();
      first ||= Date.now();
      this.#abort.abort();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
    process.on('disconnect', end);
  }
}
