import type { Pulse } from '@nuncio/contracts';

/** A process that has sent no pulse for this long is forgotten. */
export const FORGOTTEN_AFTER_MS = 600_000;
/**
 * Processes send a pulse at least every 10 s. After this time the last one no longer counts, since the process may be
 * gone.
 */
const SILENT_AFTER_MS = 15_000;

interface Seen {
  readonly pulse: Pulse;
  /** Epoch milliseconds, by the broker's clock. */
  readonly seenAt: number;
}

/** Over all dispatchers: the requests to one callback that are in flight, and the deliveries that wait for a slot. */
interface CallbackLoad {
  readonly inFlight: number;
  readonly queued: number;
}

/** The processes of the installation, by their last pulses. Pure: `elapsed` is a monotonic clock in milliseconds. */
export class Fleet {
  readonly #seen = new Map<string, Seen>();
  /**
   * Broker's time of the newest pulse, and when it arrived. From these the broker's present time is computed, so that
   * ages use one clock.
   */
  #latest: { readonly at: number; readonly came: number } | null = null;

  constructor(
    private readonly elapsed = (): number => performance.now(),
    private readonly now = Date.now,
  ) {}

  /** `at`: epoch milliseconds, by the broker's clock. */
  take(pulse: Pulse, at: number): void {
    this.#latest = { at, came: this.elapsed() };
    const key = `${pulse.service} ${pulse.instance}`;
    if (pulse.isLeaving) this.#seen.delete(key);
    else this.#seen.set(key, { pulse, seenAt: at });
  }

  /** The present time by the broker's clock, as far as known; epoch milliseconds. */
  get at(): number {
    return this.#latest ? this.#latest.at + this.elapsed() - this.#latest.came : this.now();
  }

  /** Sorted by service and instance. */
  get instances(): Seen[] {
    const from = this.at - FORGOTTEN_AFTER_MS;
    for (const [key, { seenAt }] of this.#seen) if (seenAt < from) this.#seen.delete(key);
    return [...this.#seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, seen]) => seen);
  }

  /** null = unknown: no dispatcher sends pulses, or one has too many busy callbacks to list this one. */
  loadOf(callback: string): CallbackLoad | null {
    const from = this.at - SILENT_AFTER_MS;
    const dispatchers = [...this.#seen.values()].flatMap(({ pulse: { lanes, lanesLeftOut }, seenAt }) => (lanes && seenAt >= from ? [{ lane: lanes.find((one) => one.callback === callback), lanesLeftOut }] : []));
    if (!dispatchers.length || dispatchers.some(({ lane, lanesLeftOut }) => !lane && lanesLeftOut > 0)) return null;
    const sum = (of: 'inFlight' | 'queued'): number => dispatchers.reduce((all, { lane }) => all + (lane?.[of] ?? 0), 0);
    return { inFlight: sum('inFlight'), queued: sum('queued') };
  }
}
