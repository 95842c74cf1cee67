/** A tenant counts as present for so long after its last delivery. */
const THERE_MS = 10_000;
/** The share of the free places that one tenant may use. Some places always stay free, so that a new tenant need not wait for a busy one. */
const PART_IN_FLIGHT = 4 / 5;
const PART_QUEUED = 1 / 3;
/** Consumer groups, each of which reads ahead on its own. */
const GROUPS = 2;

/** How many deliveries, and how many bytes, may wait. */
export interface Room {
  readonly deliveries: number;
  /** The bytes of payloads. */
  readonly bytes: number;
}

export interface CapacityLimits {
  /** Requests in flight at a time. */
  readonly inFlight: number;
  /** How much a consumer group reads ahead. */
  readonly queued: Room;
}

/** One tenant's use of a process. */
export class Account {
  inFlight = 0;
  queued = 0;
  bytes = 0;
  lanes = 0;
  /** Lanes that could start a request and wait for a place; they take turns. */
  readonly waiting = new Set<() => void>();
}

/**
 * The places and the queue of a process, over all lanes, and their shares among tenants. A place in flight that others wait for goes round among their tenants. Dynamic
 * thresholds (Choudhury, Hahne 1998): the fuller it is, the less one tenant may have. Only the queue belongs wholly to one tenant as long as nobody else is there: reading
 * then stops when the intake is full, instead of holding deliveries that delay nobody.
 */
export class Capacity {
  /** How many deliveries may wait in total. */
  readonly room: Room;
  readonly #accounts = new Map<string, Account>();
  readonly #turns = new Set<Account>();
  #inFlight = 0;
  #queued = 0;
  #bytes = 0;
  #latest: { account: Account; at: number } | null = null;
  #latestOther = -Infinity;

  constructor(
    private readonly limits: CapacityLimits,
    private readonly now: () => number,
  ) {
    this.room = { deliveries: GROUPS * limits.queued.deliveries, bytes: GROUPS * limits.queued.bytes };
  }

  /** Opens the account of a lane of the tenant; the lane closes it when it ends. */
  open(tenant: string): Account {
    const account = this.#accounts.get(tenant) ?? new Account();
    this.#accounts.set(tenant, account);
    account.lanes += 1;
    return account;
  }

  close(tenant: string): void {
    const account = this.#accounts.get(tenant);
    if (account && --account.lanes === 0) this.#accounts.delete(tenant);
  }

  /** Notes that a delivery of the tenant has arrived. */
  seen(account: Account): void {
    if (this.#latest && this.#latest.account !== account) this.#latestOther = this.#latest.at;
    this.#latest = { account, at: this.now() };
  }

  /** Whether one more request of the tenant may start. If not, `wake` is called at its turn. */
  admits(account: Account, wake: () => void): boolean {
    if (this.#isFreeFor(account)) return true;
    account.waiting.add(wake);
    this.#turns.add(account);
    return false;
  }

  start(account: Account): void {
    this.#inFlight += 1;
    account.inFlight += 1;
  }

  /** Frees a place: the next in turn gets it that has a use for it. */
  end(account: Account): void {
    this.#inFlight -= 1;
    account.inFlight -= 1;
    for (let next = this.#next; next; next = this.#next) this.#wake(next);
  }

  queue(account: Account, deliveries: number, bytes: number): void {
    this.#queued += deliveries;
    this.#bytes += bytes;
    account.queued += deliveries;
    account.bytes += bytes;
  }

  /** How many of the tenant's deliveries may wait. */
  roomOf(account: Account): Room {
    const { queued } = this.limits;
    if (this.#isAlone(account)) return this.room;
    return {
      deliveries: partOf(PART_QUEUED, queued.deliveries - (this.#queued - account.queued)),
      bytes: partOf(PART_QUEUED, queued.bytes - (this.#bytes - account.bytes)),
    };
  }

  #isFreeFor(account: Account): boolean {
    const { inFlight } = this.limits;
    return this.#inFlight < inFlight && account.inFlight < partOf(PART_IN_FLIGHT, inFlight - (this.#inFlight - account.inFlight));
  }

  #isAlone(account: Account): boolean {
    const other = this.#latest && this.#latest.account !== account ? this.#latest.at : this.#latestOther;
    return this.now() - other > THERE_MS;
  }

  /** The account whose turn it is, if a place is free for it. */
  get #next(): Account | undefined {
    for (const account of this.#turns) if (this.#isFreeFor(account)) return account;
    return undefined;
  }

  #wake(account: Account): void {
    this.#turns.delete(account);
    const [wake] = account.waiting;
    if (!wake) return;
    account.waiting.delete(wake);
    if (account.waiting.size > 0) this.#turns.add(account);
    wake();
  }
}

/** At least one, so that every tenant makes progress. */
const partOf = (part: number, left: number): number => Math.max(1, Math.floor(part * left));
