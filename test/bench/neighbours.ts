import type { Installation } from './installation.js';
import { Load } from './load.js';
import { latenciesOf, reached } from './measurement.js';

const PER_SECOND = 200;

/** The result of one run. */
export interface Round {
  /** Milliseconds from published to received, of each event. */
  readonly latencies: number[];
  readonly perSecond: number;
  readonly lost: number;
}

/**
 * Well-behaved endpoints, one per tenant, with 200 events a second among them, to measure how another tenant's trouble affects them.
 */
export class Neighbours {
  private constructor(
    private readonly installation: Installation,
    private readonly load: Load,
    private first: number,
    private readonly isBad: (n: number) => boolean,
  ) {}

  /** `isBad`: which events are for `bad`, the tenant in trouble; default: none. Numbers of events begin at `first`. */
  static async start(installation: Installation, count: number, first: number, bad = '', isBad = (_n: number): boolean => false): Promise<Neighbours> {
    for (let i = 0; i < count; i++) await installation.endpoint(`neighbour-${first}-${i}`, installation.receiver.url);
    const { stack, services } = installation;
    const load = new Load(stack.brokers, services.topicPrefix, (n) => (isBad(n) ? bad : `neighbour-${first}-${n % count}`));
    await load.connect();
    return new Neighbours(installation, load, first, isBad);
  }

  /** Publishes for this long, and waits until all events of the neighbours have arrived. */
  async run(seconds: number): Promise<Round> {
    const { receiver } = this.installation;
    await receiver.forget();
    const from = this.first;
    const until = (this.first += PER_SECOND * seconds);
    await this.load.publishSteadily(from, PER_SECOND, seconds);
    const good = Array.from({ length: until - from }, (_, i) => from + i).filter((n) => !this.isBad(n));
    const counts = (n: number): boolean => n >= from && n < until && !this.isBad(n);
    const latencies = async (): Promise<number[]> => latenciesOf(await receiver.arrivals(), this.load, counts);
    await reached(`arrived of ${good.length}`, async () => (await latencies()).length, (value) => value >= good.length);
    const arrivals = await receiver.arrivals();
    const at = arrivals.at.filter((_, i) => counts(arrivals.n[i] ?? 0));
    const all = await latencies();
    return { latencies: all, perSecond: (all.length * 1_000) / ((at.at(-1) ?? 0) - (at[0] ?? 0)), lost: good.length - all.length };
  }

  disconnect(): Promise<void> {
    return this.load.disconnect();
  }
}
