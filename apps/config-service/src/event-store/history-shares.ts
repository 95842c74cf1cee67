import type { Principal } from '@nuncio/contracts';
import { DailyShare } from '@nuncio/service';
import { historyRefusals } from '../tenants/metrics.js';

/** What a tenant's callers may add to the history of configuration, which is never deleted. A day's worth may come at once. */
const BYTES_A_DAY = 67_108_864;

/** How much each tenant has added to the history of configuration through this process. */
export class HistoryShares {
  readonly #share: DailyShare;

  constructor(bytesADay = BYTES_A_DAY) {
    this.#share = new DailyShare(bytesADay);
  }

  /** Throws Fault `too-many-requests` if the caller's tenant has added its share. `now`: milliseconds of a monotonic clock. */
  refuseBeyond({ tenant }: Principal, now: number): void {
    const refusal = this.#share.refusal(tenant, now, (of) => `The changes of the tenant ${of} come to more than ${BYTES_A_DAY} bytes a day. Deleting is still possible.`);
    if (!refusal) return;
    historyRefusals.inc();
    throw refusal;
  }

  /** Counts events that were committed. */
  charge({ tenant }: Principal, added: readonly object[], now: number): void {
    this.#share.charge(tenant, added, now);
  }
}
