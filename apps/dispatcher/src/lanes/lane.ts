import type { HeldFor, Tier } from '@nuncio/contracts';
import { allowanceOf, expectedWaitMs, isQuick, PART_OF_SILENCE, type Circumstances } from './allowance.js';
import type { Account, Capacity } from './capacity.js';
import { Held } from './held.js';
import type { Concurrency, Demand, RateLimit } from './limiters.js';
import { Pace } from './pace.js';
import { Release, type Kept } from './release.js';
import { WaitingLine, type Waiting } from './waiting-line.js';
import { NO_WAIT, Waits, type Waited, type WaitsFor } from './waits.js';

/** The most deliveries that are turned away in one go. Turning away more would block the event loop for everybody else. */
const AT_ONCE = { arrival: 4, review: 500 };

/** The first hold of a paused delivery: a pause that has just begun is checked again after this time. */
const FIRST_KEPT_MS = 30_000;

export interface LaneLimits {
  /** The most requests in flight, over all dispatchers. */
  readonly concurrency: number;
  /** The most requests a second, over all dispatchers; null = no limit. */
  readonly perSecond: number | null;
  readonly timeoutMs: number;
}

export interface LanePorts {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds of the clock by which endpoints are judged. */
  readonly patience: () => number;
  readonly capacity: Capacity;
  /** The places and queue that the callback's tenant uses in this process. */
  readonly account: Account;
  readonly rate: (perSecond: number, wake: () => void) => RateLimit;
  readonly concurrency: (demand: () => Demand, wake: () => void) => Concurrency;
  /** The number of holds on silent endpoints that may end in a second. */
  readonly returnsPerSecond: () => number;
  /** This process's part of what all dispatchers release. */
  readonly share: () => number;
}

/** A delivery that wants to enter the lane. It withdraws when `signal` is aborted; the pipeline gives its `Lease`. */
export interface Entrant extends Omit<Waiting, 'since'> {
  readonly signal: { readonly aborted: boolean };
}

/** A delivery to put on hold. `order`: a lower one goes first. `heldForMs`: since its first hold. `unable`: Nuncio itself cannot send. */
export interface Holding {
  readonly order: number;
  readonly heldForMs: number;
  readonly unable: boolean;
}

/** A place in flight. */
export interface Place {
  /** The time that the delivery waited for this place, by what it waited for. */
  readonly waited: Waited;
  /** Says that the delivery now waits for its endpoint, or for its token. */
  begin(): void;
  /** Gives the place back. `answered`: whether there was an answer; null = nothing was sent. */
  leave(answered: boolean | null): void;
}

interface Entering extends Entrant, Waiting {
  readonly before: Waited;
  readonly enter: (place: Place | null) => void;
}

/**
 * One callback's own lane: a number of requests in flight, a number a second, and a queue (`allowance.ts` says how long). Deliveries beyond that are turned away and
 * held, so that no endpoint can delay another.
 *
 * | a delivery is | until                                                                     | then                  |
 * |---------------|---------------------------------------------------------------------------|-----------------------|
 * | waiting       | a place of its callback's and of the process is free, and its rate allows | in flight             |
 * |               | there is no room, it has waited for its timeout, or it is wanted no more  | turned away           |
 * | in flight     | it is answered, has failed, or was not sent after all                     | gone                  |
 * | turned away   | its hold has passed: as long as it is expected to wait (`hold`)           | waiting, as returned  |
 * | kept          | its callback's pause has ended, and its turn has come (`keep`)            | waiting, as returned  |
 *
 * The lane has no timer. Its owner calls `review()` regularly while anything waits.
 */
export class Lane {
  readonly held: Held;
  readonly #pace: Pace;
  readonly #line: WaitingLine<Entering>;
  readonly #concurrency: Concurrency;
  readonly #waits: Waits;
  readonly #release = new Release();
  #rate: RateLimit | null;
  #inFlight = 0;

  constructor(
    private limits: LaneLimits,
    private readonly ports: LanePorts,
  ) {
    this.held = new Held(ports.now);
    this.#pace = new Pace(ports.patience);
    this.#line = new WaitingLine(ports.patience);
    this.#waits = new Waits(ports.now);
    this.#concurrency = ports.concurrency(() => ({ total: this.limits.concurrency, inFlight: this.#inFlight, queued: this.queued }), this.#wake);
    this.#rate = this.#limitRate();
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#line.length;
  }

  set(limits: LaneLimits): void {
    const { perSecond } = this.limits;
    this.limits = limits;
    if (perSecond !== limits.perSecond) this.#rate = this.#limitRate();
  }

  /** Resolves with a place in flight when there is one; null = the delivery was turned away. */
  enter(entrant: Entrant): Promise<Place | null> | Place {
    const { capacity, account } = this.ports;
    capacity.seen(account);
    if (this.queued === 0 && this.#mayStart(1)) return this.#start(NO_WAIT);
    return new Promise((enter) => {
      this.#line.push({ ...entrant, since: this.ports.patience(), before: this.#waits.sums, enter });
      capacity.queue(account, 1, entrant.bytes);
      this.#turnAway(AT_ONCE.arrival);
    });
  }

  /** Why a delivery that the lane turns away now is held. */
  get holdsFor(): Extract<HeldFor, 'silent' | 'rate' | 'busy'> {
    const { state, rate, places } = this.#circumstances();
    return state.is === 'silent' ? 'silent' : rate && (rate.nextInMs > 0 || this.#inFlight < places) ? 'rate' : 'busy';
  }

  /** The delay tier for a delivery that cannot start now. The delivery counts as held until its delay has passed. */
  hold({ order, heldForMs, unable }: Holding): Tier {
    const circumstances = this.#circumstances();
    // A process that has had no answer yet learns only from held deliveries how long the endpoint has been silent.
    const silenceMs = this.#pace.hasAnswered && !unable ? this.#pace.silenceMs : Math.max(this.#pace.silenceMs, heldForMs);
    const silent = unable || circumstances.state.is === 'silent';
    const waitMs = expectedWaitMs(silent ? { ...circumstances, state: { is: 'silent' } } : circumstances, this.queued + this.held.before(order), silenceMs);
    return this.held.add(order, waitMs, silent ? this.ports.returnsPerSecond() : null);
  }

  /**
   * Returns for how many milliseconds a paused delivery is held: a quarter of the time that it has been held so far, at least half a minute and at most ten minutes,
   * since the pause may end early. The last hold ends when its turn comes.
   */
  keep({ order, heldForMs, until, forMs }: Kept): number {
    const { now, returnsPerSecond, share } = this.ports;
    const turn = (notBefore: number): number => this.#release.turn(forMs === 0 ? 0 : until, notBefore, this.limits.perSecond, share());
    if (forMs === 0) return turn(now()) - now();
    const { delayMs } = this.held.add(order, Math.max(FIRST_KEPT_MS, heldForMs * PART_OF_SILENCE), returnsPerSecond());
    return forMs > delayMs ? delayMs : turn(now() + forMs) - now();
  }

  /** Turns away deliveries that have waited for their timeout, were withdrawn, or cannot start in time. True = more are left to turn away. */
  review(): boolean {
    const now = this.ports.patience();
    const { timeoutMs } = this.limits;
    for (const one of this.#line.takeOut(({ signal, since }) => signal.aborted || now - since > timeoutMs)) this.#leaveLine(one, null);
    this.#admit();
    return this.#turnAway(AT_ONCE.review);
  }

  /** Whether the next of these waiting deliveries may start. If not, the reason is recorded, and how long it lasts. */
  #mayStart(waiting: number): boolean {
    const waitsFor = this.#obstacle(waiting);
    this.#waits.set(waitsFor);
    return waitsFor === null;
  }

  #obstacle(waiting: number): WaitsFor | null {
    const { capacity, account } = this.ports;
    if (!this.#concurrency.admits()) return 'place';
    if (!capacity.admits(account, this.#wake)) return 'process';
    return (this.#rate?.take(waiting, this.limits.timeoutMs) ?? true) ? null : 'rate';
  }

  #start(waited: Waited): Place {
    const { capacity, account } = this.ports;
    this.#inFlight += 1;
    capacity.start(account);
    let is: 'taken' | 'begun' | 'left' = 'taken';
    return {
      waited,
      begin: () => {
        this.#pace.started();
        is = 'begun';
      },
      leave: (answered) => {
        if (is === 'left') return;
        if (is === 'begun') this.#pace.ended(answered);
        if (answered) this.held.answered();
        is = 'left';
        this.#inFlight -= 1;
        this.#concurrency.ended();
        capacity.end(account);
        this.#admit();
      },
    };
  }

  #admit(): void {
    while (this.queued > 0 && this.#mayStart(this.queued)) {
      const next = this.#line.shift();
      this.#leaveLine(next, this.#start(next ? this.#waits.since(next.before) : NO_WAIT));
    }
  }

  /** Turns away at most `most` deliveries beyond the lane's allowance, or beyond its tenant's room. True = more are left. */
  #turnAway(most: number): boolean {
    const { capacity, account } = this.ports;
    const circumstances = this.#circumstances();
    const room = isQuick(circumstances.state) ? capacity.room : capacity.roomOf(account);
    const allowed = allowanceOf(circumstances, room, () => this.#line.justReturned);
    const isTooMuch = (): boolean =>
      this.queued > allowed.deliveries || this.#line.bytes > allowed.bytes || account.queued > room.deliveries || account.bytes > room.bytes;
    for (let left = most; this.queued > 0 && isTooMuch(); left--) {
      if (left === 0) return true;
      this.#leaveLine(this.#line.pop(allowed), null);
    }
    return false;
  }

  #leaveLine(one: Entering | undefined, place: Place | null): void {
    if (!one) return;
    const { capacity, account } = this.ports;
    capacity.queue(account, -1, -one.bytes);
    one.enter(place);
  }

  readonly #wake = (): void => {
    this.#admit();
    this.#turnAway(AT_ONCE.review);
  };

  #circumstances(): Circumstances {
    const { perSecond, timeoutMs } = this.limits;
    const places = Math.max(1, this.#concurrency.places);
    return { state: this.#pace.state(places), places, timeoutMs, rate: perSecond === null || !this.#rate ? null : { perSecond, nextInMs: this.#rate.nextInMs } };
  }

  #limitRate(): RateLimit | null {
    const { perSecond } = this.limits;
    return perSecond === null ? null : this.ports.rate(perSecond, this.#wake);
  }
}
