import { setTimeout as pause } from 'node:timers/promises';
import { Lease, type Membership, type Ownership } from './lease.js';

const CHECK_EVERY_MS = 20;
const QUIESCE_MS = 5_000;
const HAND_ON_MS = 1_500;

/** The state of a batch's partition, as in `RecordBatch`. `signal` aborted: begin nothing new, since the service stops or the partition is lost. `lost` aborted: the partition has another owner. */
interface Assignment {
  readonly signal: AbortSignal;
  readonly lost: AbortSignal;
}

/** Keeps one consumer group's member from sending what another one may be sending: while the group is joined again, and while membership is not certain. */
export class Fence {
  #rebalancing = false;
  #inFlight = 0;
  readonly #wide = new Set<WideRecord>();

  /** `memberUntil`: a session timeout after the last confirmed heartbeat, in epoch milliseconds. */
  constructor(readonly memberUntil: () => number) {}

  get membership(): Membership {
    if (Date.now() >= this.memberUntil()) return 'uncertain';
    return this.#rebalancing ? 'rebalancing' : 'certain';
  }

  claim(assignment: Assignment): Claim {
    return new Claim(this, assignment);
  }

  /** Before the group is joined again: nothing begins, and what is in flight has 5 s to end. Records that are half done by then, and have nothing in flight, are handed on. */
  async close(): Promise<void> {
    this.#rebalancing = true;
    await until(() => this.#inFlight === 0, QUIESCE_MS);
    await this.handOn(({ claim }) => claim.inFlight === 0);
  }

  open(): void {
    this.#rebalancing = false;
  }

  /** Before partitions are given up: half a record would be done again as a whole. Resolves when what is left of them is written, or after 1.5 s. */
  async handOn(which: (record: WideRecord) => boolean = () => true): Promise<void> {
    if (this.membership === 'uncertain') return;
    const due = [...this.#wide].filter((record) => record.isHalfDone() && which(record));
    for (const { handOn } of due) handOn();
    await until(() => due.every((record) => !this.#wide.has(record)), HAND_ON_MS);
  }

  moved(by: 1 | -1): void {
    this.#inFlight += by;
  }

  share(record: WideRecord): () => void {
    this.#wide.add(record);
    return () => this.#wide.delete(record);
  }
}

/** A record of several deliveries. */
interface WideRecord {
  readonly claim: Claim;
  /** Some of them are done. */
  readonly isHalfDone: () => boolean;
  readonly handOn: () => void;
}

/** Our right to one record. */
export class Claim {
  #inFlight = 0;
  #handedOn = false;

  constructor(
    private readonly fence: Fence,
    private readonly assignment: Assignment,
  ) {}

  get ownership(): Ownership {
    if (this.#handedOn || this.assignment.lost.aborted) return 'lost';
    return this.assignment.signal.aborted ? 'draining' : 'ours';
  }

  get membership(): Membership {
    return this.fence.membership;
  }

  get memberUntil(): number {
    return this.fence.memberUntil();
  }

  /** How many of its deliveries are in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  lease(): Lease {
    return new Lease(this);
  }

  begun(): void {
    this.#inFlight += 1;
    this.fence.moved(1);
  }

  ended(): void {
    this.#inFlight -= 1;
    this.fence.moved(-1);
  }

  /** Calls `handOn` when the record has to be given up half done. From then on only its rest may still be written. The function that is returned ends this. */
  share(isHalfDone: () => boolean, handOn: () => void): () => void {
    return this.fence.share({
      claim: this,
      isHalfDone,
      handOn: () => {
        this.#handedOn = true;
        handOn();
      },
    });
  }
}

async function until(condition: () => boolean, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition() && performance.now() < deadline) await pause(CHECK_EVERY_MS);
}
