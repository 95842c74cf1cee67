import { Held } from './held.js';
import { Pace } from './pace.js';
import { Queue } from './queue.js';

/** While nothing is known of an endpoint's pace, so many deliveries may wait for it here. */
const QUEUE_UNKNOWN = 1_000;
const MAX_QUEUED_BYTES = 4 * 1_024 * 1_024;
/** An endpoint that answers so many a second is brisk: a hold costs us about as much as one answer takes it. */
const BRISK_PER_SECOND = 100;
/** How long an endpoint that nothing is known of is taken for a brisk one. */
const BENEFIT_OF_DOUBT_MS = 1_000;
/** How often a queue is fitted to the pace although nothing comes. */
const REVIEW_EVERY_MS = 250;
/** What returns waits at least so long, even for an endpoint that answers nothing: it may have come back, which only an answer tells. */
const PROBATION_MS = 1_000;

export interface LaneLimits {
  readonly concurrency: number;
  /** Over all dispatchers; null = no limit. */
  readonly perSecond: number | null;
  readonly timeoutMs: number;
}

/** Who may start now, as `limits.perSecond` allows. */
export interface RateLimit {
  /** True = one may, and is counted. False = none may yet; the lane is woken when asking again is worth while. `waiting`: how many would like to. */
  take(waiting: number): boolean;
}

/** Milliseconds each: the time, and the one that endpoints are judged by. */
export interface Clocks {
  readonly now: () => number;
  readonly patience: () => number;
}

/** What wants to enter. `backSince`: it returns, from a hold that began then, or now because somebody wants it sent again. `signal`: when aborted, it wants to no more. */
export interface Entrant {
  readonly bytes: number;
  readonly backSince: number | null;
  readonly signal: { readonly aborted: boolean };
}

/** A place in flight. */
export interface Place {
  /** From now on it is the endpoint, or the token it wants, that is waited for. */
  begin(): void;
  /** Gives it back: was there an answer? null = nothing was sent. */
  leave(answered: boolean | null): void;
}

interface Waiting extends Entrant {
  readonly since: number;
  readonly enter: (place: Place | null) => void;
}

/**
 * One callback's own lane: so many in flight, so many a second, and a queue as long as what it answers, at its present pace and limits, within its timeout.
 * What is past that is turned away, so that no endpoint can hold up another.
 */
export class Lane {
  readonly held: Held;
  readonly #pace: Pace;
  #inFlight = 0;
  #queuedBytes = 0;
  readonly #fresh = new Queue<Waiting>();
  /** The one that has waited longest first. */
  readonly #returned = new Queue<Waiting>();
  #lastHadReturned = false;
  #review: NodeJS.Timeout | undefined;
  #rateLimit: RateLimit | null;

  constructor(
    private limits: LaneLimits,
    private readonly clocks: Clocks,
    private readonly rateLimitOf: (perSecond: number, wake: () => void) => RateLimit,
  ) {
    this.held = new Held(clocks.now);
    this.#pace = new Pace(clocks.patience);
    this.#rateLimit = this.#limitRate();
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#fresh.length + this.#returned.length;
  }

  set(limits: LaneLimits): void {
    const { perSecond } = this.limits;
    this.limits = limits;
    if (perSecond !== limits.perSecond) this.#rateLimit = this.#limitRate();
  }

  /** Milliseconds until what is turned away now would start; null = the endpoint answers nothing, so nobody can tell. */
  expectedWaitMs(): number | null {
    if (this.#pace.answersNothing(this.limits.concurrency)) return null;
    return ((this.queued + this.held.count) / this.#perSecond()) * 1_000;
  }

  /** A place in flight, now or when it is its turn; null = turned away, at once or because the endpoint slowed down meanwhile. */
  enter(entrant: Entrant): Promise<Place | null> | Place {
    if (this.queued === 0 && this.#isFree(1)) return this.#start();
    return new Promise((resolve) => {
      const waiting = { ...entrant, since: this.clocks.patience(), enter: resolve };
      const { backSince } = entrant;
      if (backSince === null) this.#fresh.push(waiting);
      else this.#returned.insert(waiting, (other) => (other.backSince ?? Infinity) <= backSince);
      this.#queuedBytes += entrant.bytes;
      this.#turnAway();
      this.#reviewLater();
    });
  }

  #isFree(waiting: number): boolean {
    return this.#inFlight < this.limits.concurrency && (this.#rateLimit?.take(waiting) ?? true);
  }

  #start(): Place {
    this.#inFlight += 1;
    let is: 'taken' | 'begun' | 'left' = 'taken';
    return {
      begin: () => {
        this.#pace.started();
        is = 'begun';
      },
      leave: (answered) => {
        if (is === 'left') return;
        if (is === 'begun') this.#pace.ended(answered);
        is = 'left';
        this.#inFlight -= 1;
        this.#admit();
      },
    };
  }

  /** Half of the places go to those that return, so that the oldest get through however many come after them, and what is new waits behind one of a whole replay. */
  #admit(): void {
    while (this.queued > 0 && this.#isFree(this.queued)) {
      this.#lastHadReturned = this.#returned.length > 0 && !(this.#lastHadReturned && this.#fresh.length > 0);
      const next = (this.#lastHadReturned ? this.#returned : this.#fresh).shift();
      this.#queuedBytes -= next?.bytes ?? 0;
      next?.enter(this.#start());
    }
  }

  /** Whoever came last, of the longer queue: neither can take the other's half. Rather one that has had its second, and first what is fresh beyond its own. */
  #turnAway(): void {
    for (const allowed = this.#allowed(); this.queued > allowed.length || this.#queuedBytes > allowed.bytes; ) {
      const from = this.#fresh.length <= allowed.fresh && this.#returned.length > this.#fresh.length ? this.#returned : this.#fresh;
      const last = from.takeLast((waiting) => !this.#isOnProbation(waiting));
      this.#queuedBytes -= last?.bytes ?? 0;
      last?.enter(null);
    }
  }

  #isOnProbation({ backSince, since }: Waiting): boolean {
    return backSince !== null && this.clocks.patience() - since < PROBATION_MS;
  }

  /** A brisk endpoint's surplus waits here whatever its bytes: its turn comes in a moment, and the intake has a limit of its own. */
  #allowed(): { length: number; fresh: number; bytes: number } {
    const { concurrency, perSecond, timeoutMs } = this.limits;
    const within = (rate: number): number => Math.floor((rate * timeoutMs) / 1_000);
    const byRate = perSecond === null ? Infinity : Math.max(1, within(perSecond));
    if (this.#pace.answersNothing(concurrency)) {
      const onProbation = this.#returned.count((waiting) => this.#isOnProbation(waiting));
      const fresh = Math.min(concurrency, byRate);
      return { length: fresh + Math.min(onProbation, QUEUE_UNKNOWN), fresh, bytes: MAX_QUEUED_BYTES };
    }
    const pace = this.#perSecond();
    const known = this.#pace.isKnown;
    const brisk = known ? pace >= BRISK_PER_SECOND : this.#pace.silentMs < BENEFIT_OF_DOUBT_MS;
    const byPace = known ? Math.max(concurrency, within(pace)) : brisk ? Infinity : QUEUE_UNKNOWN;
    return { length: Math.min(byPace, byRate), fresh: Infinity, bytes: brisk ? Infinity : MAX_QUEUED_BYTES };
  }

  #perSecond(): number {
    return Math.min(this.#pace.perSecond(this.limits.concurrency), this.limits.perSecond ?? Infinity);
  }

  /** After a pause of our own event loop, answers have their turn before they are missed. */
  #reviewLater(): void {
    if (this.queued === 0 || this.#review) return;
    this.#review = setTimeout(() => {
      setImmediate(() => {
        this.#review = undefined;
        this.#dropAborted();
        this.#turnAway();
        this.#reviewLater();
      });
    }, REVIEW_EVERY_MS).unref();
  }

  #dropAborted(): void {
    for (const queue of [this.#fresh, this.#returned]) {
      for (const { bytes, enter } of queue.takeOut(({ signal }) => signal.aborted)) {
        this.#queuedBytes -= bytes;
        enter(null);
      }
    }
  }

  #limitRate(): RateLimit | null {
    const { perSecond } = this.limits;
    if (perSecond === null) return null;
    return this.rateLimitOf(perSecond, () => {
      this.#admit();
    });
  }
}
