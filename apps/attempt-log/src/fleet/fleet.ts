import type { Pulse } from '@nuncio/contracts';

/** Who has said nothing for so long is forgotten. */
export const FORGOTTEN_AFTER_MS = 600_000;
/** A pulse comes every 10 s at least: who is later than this may be gone, and what it said counts no more. */
const SILENT_AFTER_MS = 15_000;

interface Seen {
  readonly pulse: Pulse;
  /** Epoch milliseconds, the broker's. */
  readonly seenAt: number;
}

/** How many requests to one callback are on their way, and wait for a place, over all dispatchers. */
export interface CallbackLoad {
  readonly inFlight: number;
  readonly queued: number;
}

/** The processes of the installation, as they told last. Pure: `elapsed` is a monotonic clock in milliseconds. */
export class Fleet {
  readonly #seen = new Map<string, Seen>();
  /** The newest pulse and when it came: what the broker's clock says, to tell ages by one clock. */
  #latest: { readonly at: number; readonly came: number } | null = null;

  constructor(
    private readonly elapsed = (): number => performance.now(),
    private readonly now = Date.now,
  ) {}

  /** `at`: epoch milliseconds, the broker's. */
  take(pulse: Pulse, at: number): void {
    this.#latest = { at, came: this.elapsed() };
    const key = `${pulse.service} ${pulse.instance}`;
    if (pulse.isLeaving) this.#seen.delete(key);
    else this.#seen.set(key, { pulse, seenAt: at });
  }

  /** Epoch milliseconds, by the broker's clock as far as it is known. */
  get at(): number {
    return this.#latest ? this.#latest.at + this.elapsed() - this.#latest.came : this.now();
  }

  /** By service and instance. */
  get instances(): Seen[] {
    const from = this.at - FORGOTTEN_AFTER_MS;
    for (const [key, { seenAt }] of this.#seen) if (seenAt < from) this.#seen.delete(key);
    return [...this.#seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, seen]) => seen);
  }

  /** Null = not known: no dispatcher tells, or one has too many callbacks at work to name this one. */
  loadOf(callback: string): CallbackLoad | null {
    const from = this.at - SILENT_AFTER_MS;
    const dispatchers = [...this.#seen.values()].flatMap(({ pulse: { lanes, lanesLeftOut }, seenAt }) => (lanes && seenAt >= from ? [{ lane: lanes.find((one) => one.callback === callback), lanesLeftOut }] : []));
    if (!dispatchers.length || dispatchers.some(({ lane, lanesLeftOut }) => !lane && lanesLeftOut > 0)) return null;
    const sum = (of: 'inFlight' | 'queued'): number => dispatchers.reduce((all, { lane }) => all + (lane?.[of] ?? 0), 0);
    return { inFlight: sum('inFlight'), queued: sum('queued') };
  }
}
