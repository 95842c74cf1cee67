import { Fault, type Quotas } from '@nuncio/contracts';
import { RateLimit } from '@nuncio/service';
import { quotaRefusals } from '../metrics.js';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/** The cost of a request. `deliveries`: the most that its events may have. */
interface Taken {
  readonly events: number;
  readonly bytes: number;
  readonly deliveries: number;
}

/** How much tenants have published with their own keys through this process; lost at a restart. */
export class PublishingQuotas {
  readonly #events = new RateLimit(Infinity);
  readonly #deliveries: RateLimit;
  /** By tenant: the last UTC day (since 1970) on which it published, and how many bytes. */
  readonly #bytes = new Map<string, { readonly day: number; readonly bytes: number }>();

  constructor(private readonly deliveriesPerSecond: number) {
    this.#deliveries = new RateLimit(deliveriesPerSecond);
  }

  /**
   * Takes the whole cost of a request, or throws Fault `too-many-requests`. One request may exceed a rate; later ones then wait longer. A batch that
   * comes to more deliveries than a second's worth is Fault `too-large`; one event never is. `now`: epoch milliseconds.
   */
  take(tenant: string, { eventsPerSecond, payloadBytesPerDay }: Quotas, { events, bytes, deliveries }: Taken, now: number): void {
    if (events > 1 && deliveries > this.deliveriesPerSecond)
      throw new Fault('too-large', `By the subscriptions to their types, these ${events} events come to ${deliveries} deliveries. A batch of the tenant ${tenant} may come to ${this.deliveriesPerSecond}: send smaller ones.`);
    const day = Math.floor(now / DAY_MS);
    const bytesToday = this.#bytesOn(day, tenant) + bytes;
    if (payloadBytesPerDay !== null && bytesToday > payloadBytesPerDay) throw refusal('payloadBytesPerDay', `${tenant} publishes at most ${payloadBytesPerDay} bytes of payload a day.`, (day + 1) * DAY_MS - now);
    const perSecond = eventsPerSecond ?? Infinity;
    const eventsWaitMs = this.#events.waitMs(tenant, now, perSecond);
    if (eventsWaitMs > 0) throw refusal('eventsPerSecond', `${tenant} publishes at most ${perSecond} events a second.`, eventsWaitMs);
    const deliveriesWaitMs = deliveries ? this.#deliveries.waitMs(tenant, now) : 0;
    if (deliveriesWaitMs > 0) throw refusal('deliveriesPerSecond', `${tenant} publishes events with at most ${this.deliveriesPerSecond} deliveries a second, counted by the subscriptions to their types.`, deliveriesWaitMs);
    this.#bytes.set(tenant, { day, bytes: bytesToday });
    if (eventsPerSecond !== null) this.#events.charge(tenant, now, events, eventsPerSecond);
    if (deliveries) this.#deliveries.charge(tenant, now, deliveries);
  }

  /** What the tenant has used: events of the present second (null = there is no limit, so they are not counted), and bytes of the day. */
  usedBy(tenant: string, { eventsPerSecond }: Quotas, now: number): { readonly events: number | null; readonly bytes: number } {
    return { events: eventsPerSecond && this.#events.charged(tenant, now, eventsPerSecond), bytes: this.#bytesOn(Math.floor(now / DAY_MS), tenant) };
  }

  #bytesOn(day: number, tenant: string): number {
    const last = this.#bytes.get(tenant);
    return last?.day === day ? last.bytes : 0;
  }
}

function refusal(quota: keyof Quotas | 'deliveriesPerSecond', said: string, waitMs: number): Fault {
  quotaRefusals.inc({ quota });
  return new Fault('too-many-requests', `The tenant ${said}`, { retriable: true, retryAfterSeconds: Math.min(DAY_MS / SECOND_MS, Math.ceil(waitMs / SECOND_MS)) });
}
