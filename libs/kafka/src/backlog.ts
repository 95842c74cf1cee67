/**
 * The limits up to which a consumer group reads ahead. More would only fill the heap, since records can wait at the broker. With less, a burst of one tenant would delay
 * the records of others; these limits let it read past a burst of 10,000 records in one partition. A dispatcher has two groups, and so twice as much.
 */
export const READ_AHEAD = { pieces: 16_000, bytes: 32 * 1_024 * 1_024 } as const;

/** The records that were read and are not finished, over all partitions of a member of a consumer group. */
export class Backlog {
  /** Pieces of work: a record, or each part of one that is split. */
  #pieces = 0;
  #piecesInWork = 0;
  /** The bytes of keys, values and headers. */
  #bytes = 0;
  readonly #waiting = new Set<() => void>();

  /** Whether a handler may be given more records. */
  get hasRoomInWork(): boolean {
    return this.#piecesInWork < READ_AHEAD.pieces;
  }

  /** Calls back, once, when there is room. */
  whenRoomInWork(call: () => void): void {
    this.#waiting.add(call);
  }

  /** Whether at least this share of it (1 = all) is used. */
  fills(share: number): boolean {
    return this.#pieces >= share * READ_AHEAD.pieces || this.#bytes >= share * READ_AHEAD.bytes;
  }

  read(bytes: number): void {
    this.#pieces += 1;
    this.#bytes += bytes;
  }

  handOver(records: number): void {
    this.#piecesInWork += records;
  }

  /** Adds pieces of a record in work; a negative number removes finished pieces. */
  grow(pieces: number): void {
    this.#pieces += pieces;
    this.#piecesInWork += pieces;
    if (!this.#waiting.size || !this.hasRoomInWork) return;
    for (const call of this.#waiting) call();
    this.#waiting.clear();
  }

  /** Removes a record that was not handed to a handler. */
  drop(bytes: number): void {
    this.#pieces -= 1;
    this.#bytes -= bytes;
  }

  /** Removes a record in work, with its remaining pieces. */
  settle(pieces: number, bytes: number): void {
    this.grow(-pieces);
    this.#bytes -= bytes;
  }
}
