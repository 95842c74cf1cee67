import { setImmediate as breathe } from 'node:timers/promises';
import type { Backlog, Flow } from './backlog.js';
import { Flows } from './flows.js';
import type { TrackedRecord } from './tracked-record.js';

export interface PartitionWorkPorts {
  readonly backlog: Backlog;
  /** The most records that the handler gets at once. A fetch may bring thousands; between batches, answers and heartbeats are processed. */
  readonly maxBatch: number;
  /** Whether more records may be split. */
  readonly hasRoomForParts: () => boolean;
  /** Resolves when the handler has taken them all, or `signal` has aborted. Does not reject. */
  readonly handle: (batch: readonly TrackedRecord[], signal: AbortSignal) => Promise<void>;
}

/** The records of a partition that are taken or in work. Taken ones wait in their flows, and go to the handler in batches, as the backlog has room. */
export class PartitionWork {
  readonly #stopped = new AbortController();
  readonly #flows = new Flows();
  #running = false;
  #inWork = 0;
  #wake = (): void => undefined;

  constructor(private readonly ports: PartitionWorkPorts) {}

  /** Records that the handler has and has neither finished nor abandoned. */
  get inWork(): number {
    return this.#inWork;
  }

  /** A record that was taken waits for its turn. */
  add(record: TrackedRecord): void {
    this.#flows.push(record);
    if (this.#running) this.#wake();
    else void this.#run();
  }

  /** These records are in work from now on. */
  begin(records: readonly TrackedRecord[]): void {
    this.#inWork += records.length;
    for (const { flow, pieces } of records) this.ports.backlog.grow(flow, pieces);
  }

  /** A record in work turned out to be so many more pieces; minus one for each that is finished. */
  weigh({ flow }: TrackedRecord, pieces: number): void {
    this.ports.backlog.grow(flow, pieces);
  }

  /** A record in work is finished or abandoned. */
  end({ flow, pieces, bytes }: TrackedRecord): void {
    this.ports.backlog.grow(flow, -pieces);
    this.ports.backlog.drop(flow, bytes);
    this.#inWork -= 1;
    this.#wake();
  }

  /** Hands nothing more over. What is in work goes on. */
  drain(): void {
    this.#stopped.abort();
    for (const { flow, bytes } of this.#flows.takeAll()) this.ports.backlog.drop(flow, bytes);
  }

  async #run(): Promise<void> {
    const { backlog, handle, maxBatch } = this.ports;
    const { signal } = this.#stopped;
    this.#running = true;
    while (!this.#flows.isEmpty && !signal.aborted) {
      await breathe();
      const batch = this.#flows.take(maxBatch, this.#mayHave);
      if (batch.length) {
        this.begin(batch);
        await backlog.during(new Set(batch.map(({ flow }) => flow)), handle(batch, signal));
      } else await this.#change();
    }
    this.#running = false;
  }

  /** Whether a flow may have a batch now. If this partition has no work in progress all may, so that other partitions cannot block it for ever. */
  readonly #mayHave = (flow: Flow): boolean => this.#inWork === 0 || (this.ports.hasRoomForParts() && this.ports.backlog.mayHandOver(flow));

  /** Resolves when a record has come or has ended, or the backlog may have room again. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.ports.backlog.whenRoomInWork(resolve);
    });
  }
}
