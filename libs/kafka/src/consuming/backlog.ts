/**
 * The limits up to which a consumer group reads ahead, so that the events of one tenant do not delay the records of others. More would only fill the heap, since records
 * can wait at the broker. A dispatcher has two groups, and so twice as much.
 */
export const READ_AHEAD = {
  /** Records that were read. Their bytes are kept, and little else. */
  records: 120_000,
  bytes: 96 * 1_024 * 1_024,
  /** Pieces of work of the records that a handler has. Each is a delivery, and takes two kilobytes of heap. */
  pieces: 16_000,
} as const;
/**
 * While another flow is here, handlers have at most so many batches of a flow that they have not begun: a record of the other flow waits behind them for the handlers' turn.
 * Fewer would not keep a dispatcher busy.
 */
const BATCHES_OF_A_FLOW = 4;
/** How long a flow still counts as here after its last record: another one may come at any moment. */
const HERE_FOR_MS = 1_000;

/**
 * Records that wait for one another, such as those of a tenant. Flows take turns, and share the work in progress: each may have as many pieces in it as are left free for
 * others (dynamic thresholds; Choudhury, Hahne 1998).
 */
export class Flow {
  /** Records that were read and are not settled. */
  records = 0;
  piecesInWork = 0;
  /** Batches with records of it that handlers have and have not returned from. */
  batches = 0;

  constructor(readonly name: string) {}
}

/** The records that were read and are not finished, over all partitions of a member of a consumer group. */
export class Backlog {
  readonly #flows = new Map<string, Flow>();
  #records = 0;
  #bytes = 0;
  /** Pieces of work: a record that a handler has, or each part of it if it is split. */
  #piecesInWork = 0;
  readonly #waiting = new Set<() => void>();
  #isCalling = false;
  /** By the monotonic clock. */
  #sharedUntil = -Infinity;

  /** Whether records of more than one flow are here, or were a moment ago. */
  get isShared(): boolean {
    return this.#flows.size > 1 || performance.now() < this.#sharedUntil;
  }

  /** Whether there may be more work of this flow. */
  hasRoomInWork(flow: Flow): boolean {
    return flow.piecesInWork < READ_AHEAD.pieces - this.#piecesInWork;
  }

  /** Whether handlers may be given another batch with records of this flow. */
  mayHandOver(flow: Flow): boolean {
    return this.hasRoomInWork(flow) && (!this.isShared || flow.batches < BATCHES_OF_A_FLOW);
  }

  /** Counts a batch with records of these flows until its handler has returned. `handled` does not reject. */
  async during(flows: ReadonlySet<Flow>, handled: Promise<void>): Promise<void> {
    for (const flow of flows) flow.batches += 1;
    await handled;
    for (const flow of flows) flow.batches -= 1;
    this.#tellOfRoom();
  }

  /** Calls back, once, when pieces of work have ended, or a handler has returned. */
  whenRoomInWork(call: () => void): void {
    this.#waiting.add(call);
  }

  /** Whether at least this share of it (1 = all) is used. */
  fills(share: number): boolean {
    return this.#records >= share * READ_AHEAD.records || this.#bytes >= share * READ_AHEAD.bytes;
  }

  flow(name: string): Flow {
    const flow = this.#flows.get(name) ?? new Flow(name);
    this.#flows.set(name, flow);
    return flow;
  }

  /** Adds a record that was read. */
  read(flow: Flow, bytes: number): void {
    flow.records += 1;
    this.#records += 1;
    this.#bytes += bytes;
  }

  /** Adds pieces of a record in work; a negative number removes finished pieces. */
  grow(flow: Flow, pieces: number): void {
    flow.piecesInWork += pieces;
    this.#piecesInWork += pieces;
    if (pieces < 0) this.#tellOfRoom();
  }

  /** Removes a record that no handler has, or that has no pieces left. */
  drop(flow: Flow, bytes: number): void {
    flow.records -= 1;
    if (flow.records === 0) {
      if (this.#flows.size > 1) this.#sharedUntil = performance.now() + HERE_FOR_MS;
      this.#flows.delete(flow.name);
    }
    this.#records -= 1;
    this.#bytes -= bytes;
  }

  /** Calls once for all that ends in a turn of the event loop. */
  #tellOfRoom(): void {
    if (this.#isCalling || this.#waiting.size === 0) return;
    this.#isCalling = true;
    setImmediate(() => {
      this.#isCalling = false;
      const calls = [...this.#waiting];
      this.#waiting.clear();
      for (const call of calls) call();
    });
  }
}
