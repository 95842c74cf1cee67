interface RecurringOptions {
  readonly work: () => Promise<void>;
  /** Milliseconds from the end of one run to the start of the next. */
  readonly nextInMs: () => number;
  /** Called with the first of several failures in a row. */
  readonly onFailure: (error: unknown) => void;
}

/** Repeats work, one run after another, until it is stopped. A failure is reported once, until a run succeeds again. */
export class Recurring {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #isStopping = false;
  #isFailing = false;

  constructor(private readonly options: RecurringOptions) {}

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Works now, and then goes on. Resolves after the first run, whether it failed or not. */
  async startNow(): Promise<void> {
    this.#running = this.#once();
    await this.#running;
    if (!this.#isStopping) this.start();
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#once().then(() => {
        if (!this.#isStopping) this.start();
      });
    }, this.options.nextInMs());
  }

  /** Asks `nextInMs` again, since something has changed its answer. */
  hurry(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.start();
  }

  /** Resolves when the present run has ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #once(): Promise<void> {
    try {
      await this.options.work();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.options.onFailure(error);
      this.#isFailing = true;
    }
  }
}
