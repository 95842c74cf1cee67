import { Fault, type Principal } from '@nuncio/contracts';
import { RateLimit } from '@nuncio/service';
import { historyRefusals } from '../tenants/metrics.js';

const DAY_MS = 86_400_000;
/** What a tenant's callers may add to the history of configuration, which is never deleted. A day's worth may come at once. */
const BYTES_A_DAY = 67_108_864;
/** The size of an event beside its data, with its entries in the indexes. */
const BYTES_BESIDE = 1_024;

/** How much each tenant has added to the history of configuration through this process. */
export class HistoryShares {
  readonly #rate: RateLimit;

  constructor(bytesADay = BYTES_A_DAY) {
    this.#rate = new RateLimit(bytesADay, DAY_MS);
  }

  /** Throws Fault `too-many-requests` if the caller's tenant has added its share. `now`: milliseconds of a monotonic clock. */
  refuseBeyond({ tenant }: Principal, now: number): void {
    const waitMs = tenant === null ? 0 : this.#rate.waitMs(tenant, now);
    if (waitMs === 0) return;
    historyRefusals.inc();
    throw new Fault('too-many-requests', `The changes of the tenant ${tenant} come to more than ${BYTES_A_DAY} bytes a day. Deleting is still possible.`, { retriable: true, retryAfterSeconds: Math.ceil(waitMs / 1_000) });
  }

  /** Counts events that were committed. */
  charge({ tenant }: Principal, added: readonly object[], now: number): void {
    if (tenant === null || !added.length) return;
    this.#rate.charge(tenant, now, added.reduce((sum, data) => sum + BYTES_BESIDE + Buffer.byteLength(JSON.stringify(data)), 0));
  }
}
