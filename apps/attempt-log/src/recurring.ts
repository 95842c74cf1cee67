export interface RecurringOptions {
  readonly work: () => Promise<void>;
  /** Milliseconds from the end of one time to the beginning of the next. */
  readonly nextInMs: () => number;
  /** Told of the first failure in a row. */
  readonly onFailure: (error: unknown) => void;
}

/** Something that is done again and again, one time after another, until it is stopped. A failure is told once, until it goes well again. */
export class Recurring {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | null = null;
  #isStopping = false;
  #isFailing = false;

  constructor(private readonly options: RecurringOptions) {}

  get isStopping(): boolean {
    return this.#isStopping;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#once().then(() => {
        if (!this.#isStopping) this.start();
      });
    }, this.options.nextInMs());
  }

  /** Something has changed what `nextInMs` answers: who waits asks it again. */
  hurry(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.start();
  }

  /** Resolves when the time that goes on has ended. */
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
