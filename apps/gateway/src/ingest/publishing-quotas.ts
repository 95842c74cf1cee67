import { Fault, type Quotas } from '@nuncio/contracts';
import { quotaRefusals } from '../metrics.js';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

interface Used {
  /** When all events that were taken have been earned: the generic cell rate algorithm (ITU-T I.371). */
  earnedAt: number;
  /** The day in UTC, counted from 1970. */
  day: number;
  bytes: number;
}

/** How much tenants have published with their own keys through this process; a restart forgets it. */
export class PublishingQuotas {
  readonly #used = new Map<string, Used>();

  /** Takes all of a request, or nothing: throws Fault `too-many-requests`. A batch may be as long as it is, and is waited for afterwards. `now` in epoch milliseconds. */
  take(tenant: string, { eventsPerSecond, payloadBytesPerDay }: Quotas, { events, bytes }: { readonly events: number; readonly bytes: number }, now: number): void {
    if (eventsPerSecond === null && payloadBytesPerDay === null) return;
    const day = Math.floor(now / DAY_MS);
    const used = this.#used.get(tenant) ?? { earnedAt: 0, day, bytes: 0 };
    const bytesToday = (used.day === day ? used.bytes : 0) + bytes;
    if (payloadBytesPerDay !== null && bytesToday > payloadBytesPerDay) throw refusal('payloadBytesPerDay', `${tenant} publishes at most ${payloadBytesPerDay} bytes of payload a day.`, (day + 1) * DAY_MS - now);
    const intervalMs = eventsPerSecond === null ? 0 : eventsPerSecond === 0 ? Infinity : SECOND_MS / eventsPerSecond;
    const from = Math.max(used.earnedAt, now);
    const waitMs = intervalMs === 0 ? 0 : from + intervalMs - now - SECOND_MS;
    if (waitMs > 0) throw refusal('eventsPerSecond', `${tenant} publishes at most ${eventsPerSecond ?? 0} events a second.`, waitMs);
    this.#used.set(tenant, { earnedAt: from + events * intervalMs, day, bytes: bytesToday });
  }
}

function refusal(quota: keyof Quotas, said: string, waitMs: number): Fault {
  quotaRefusals.inc({ quota });
  return new Fault('too-many-requests', `The tenant ${said}`, { retriable: true, retryAfterSeconds: Math.min(DAY_MS / SECOND_MS, Math.ceil(waitMs / SECOND_MS)) });
}
