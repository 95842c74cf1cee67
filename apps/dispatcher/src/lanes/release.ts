/** After a pause, kept deliveries are released at so many a second over all dispatchers if the callback has no rate; otherwise at half its rate. */
const PER_SECOND = 50;
const PART_OF_RATE = 1 / 2;
/** The release takes at most so long, however many deliveries there are. */
const WITHIN_MS = 600_000;

/** How a pause keeps a delivery. `until`: the end of a pause that is in force. `forMs`: how long it lasts from now; 0 = it has ended early. */
export interface Kept {
  readonly order: number;
  readonly heldForMs: number;
  readonly until: number;
  readonly forMs: number;
}

/** One callback's turns after a pause, in this process. */
export class Release {
  #of: number | null = null;
  #from = 0;
  #next = 0;

  /**
   * When the next delivery may go. `of`: the pause that kept it, by any number; another pause begins its turns anew. `notBefore`: milliseconds. `perSecond`: the
   * callback's rate. `share`: the part of this process in all that is released.
   */
  turn(of: number, notBefore: number, perSecond: number | null, share: number): number {
    if (of !== this.#of || this.#next - this.#from >= WITHIN_MS) [this.#of, this.#from, this.#next] = [of, notBefore, notBefore];
    const turn = Math.max(this.#next, notBefore);
    this.#next = turn + 1_000 / (share * (perSecond === null ? PER_SECOND : perSecond * PART_OF_RATE));
    return turn;
  }
}
