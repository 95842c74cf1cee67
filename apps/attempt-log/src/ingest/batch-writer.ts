export interface BatchWriterOptions<T> {
  /** Resolves when everything is durable. */
  readonly write: (items: T[]) => Promise<void>;
  /** Full batches that are written at the same time, at most: while PostgreSQL has one, the next is made ready. */
  readonly lanes: number;
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

/** Collects what all partitions bring and writes it together. While a batch is written only a full one follows it at once, so that batches grow with the load. */
export class BatchWriter<T> {
  #waiting: Waiting<T>[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing = 0;

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

  /** Where nothing may be written now, the end of what is being written schedules it. */
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
