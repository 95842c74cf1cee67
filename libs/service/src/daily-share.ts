import { Fault } from '@nuncio/contracts';
import { RateLimit } from './rate-limit.js';

const DAY_MS = 86_400_000;
/** The size of a stored row beside its data, with its entries in the indexes. */
const BYTES_BESIDE = 1_024;

/** The bytes that each tenant may have stored a day, a day's worth at once. Callers without a tenant are not counted. Each process counts for itself. */
export class DailyShare {
  readonly #rate: RateLimit;

  constructor(bytes: number) {
    this.#rate = new RateLimit(bytes, DAY_MS);
  }

  /** Returns Fault `too-many-requests` with this detail if the tenant has used its share, else null. `now`: milliseconds of a monotonic clock. */
  refusal(tenant: string | null, now: number, detail: (tenant: string) => string): Fault | null {
    const waitMs = tenant === null ? 0 : this.#rate.waitMs(tenant, now);
    return tenant === null || waitMs === 0 ? null : new Fault('too-many-requests', detail(tenant), { retriable: true, retryAfterSeconds: Math.ceil(waitMs / 1_000) });
  }

  /** Counts rows that were stored, each with this data. */
  charge(tenant: string | null, rows: readonly object[], now: number): void {
    if (tenant === null || !rows.length) return;
    this.#rate.charge(tenant, now, rows.reduce((sum: number, data) => sum + BYTES_BESIDE + Buffer.byteLength(JSON.stringify(data)), 0));
  }
}
