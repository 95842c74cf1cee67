interface BatchWriterOptions<T> {
  /** Resolves when all items are durable. */
  readonly write: (items: T[]) => Promise<void>;
  /** Most batches written at the same time: one is prepared while PostgreSQL works on another. */
  readonly lanes: number;
  /** Most rows in one statement. */
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly sizeOf: (item: T) => number;
  /** How long the first item waits for others. */
  readonly lingerMs: number;
}

interface Waiting<T> {
  readonly item: T;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Collects the rows of all partitions and writes them in batches. While a batch is being written, only a full one is written beside it, so that
 * batches grow with the load.
 */
export class BatchWriter<T> {
  #waiting: Waiting<T>[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing = 0;

  constructor(private readonly options: BatchWriterOptions<T>) {}

  /** Resolves when all items are durable. Rejects if a batch with one of them failed; then all of them may be added again. */
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

  /** If nothing may be written now, the end of a batch in progress schedules the next. */
  #schedule(): void {
    while (this.#isFull && this.#writing < this.options.lanes) void this.#flush();
    if (this.#waiting.length && !this.#writing) this.#timer ??= setTimeout(() => void this.#flush(), this.options.lingerMs);
  }

  async #flush(): Promise<void> {
    this.#writing += 1;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#take();
    try {
      await this.options.write(batch.map(({ item }) => item));
      for (const { written } of batch) written();
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
    this.#writing -= 1;
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
