export interface BatchWriterOptions<T> {
  /** Resolves when everything is durable. Called once at a time. */
  readonly write: (items: T[]) => Promise<void>;
  /** Rows of one statement, at most. */
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly sizeOf: (item: T) => number;
  /** How long the first one waits for company. */
  readonly lingerMs: number;
}

interface Waiting<T> {
  readonly item: T;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

/** Collects what all partitions bring and writes it together. While one batch is written the next one gathers, so that batches grow with the load. */
export class BatchWriter<T> {
  #waiting: Waiting<T>[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing = false;

  constructor(private readonly options: BatchWriterOptions<T>) {}

  /** Resolves when all of them are durable; rejects when any batch with one of them failed, and then all of them may be added again. */
  async add(items: readonly T[]): Promise<void> {
    if (!items.length) return;
    await new Promise<void>((resolve, reject) => {
      let left = items.length;
      const written = (): void => {
        if (--left === 0) resolve();
      };
      for (const item of items) {
        this.#waiting.push({ item, written, failed: reject });
        this.#bytes += this.options.sizeOf(item);
      }
      this.#schedule();
    });
  }

  get #isFull(): boolean {
    return this.#waiting.length >= this.options.maxItems || this.#bytes >= this.options.maxBytes;
  }

  /** While a batch is being written there is nothing to schedule: its end does. */
  #schedule(): void {
    if (this.#writing || !this.#waiting.length) return;
    if (this.#isFull) void this.#flush();
    else this.#timer ??= setTimeout(() => void this.#flush(), this.options.lingerMs);
  }

  async #flush(): Promise<void> {
    this.#writing = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#take();
    try {
      await this.options.write(batch.map(({ item }) => item));
      for (const { written } of batch) written();
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
    this.#writing = false;
    this.#schedule();
  }

  #take(): Waiting<T>[] {
    let bytes = 0;
    let count = 0;
    for (const { item } of this.#waiting) {
      if (count === this.options.maxItems || (count > 0 && bytes >= this.options.maxBytes)) break;
      bytes += this.options.sizeOf(item);
      count += 1;
    }
    this.#bytes -= bytes;
    return this.#waiting.splice(0, count);
  }
}
