/** Deliveries a second that one process sends again for one tenant, over all its operations. */
const MOST_OF_TENANT = 1_000;
const WINDOW_MS = 1_000;

/**
 * Limits each tenant's rate by the generic cell rate algorithm (ITU-T I.371), with a burst of one second's worth. '' = the callers of no tenant.
 */
export class TenantShares {
  /** By tenant, the time at which all that was sent is within the rate, epoch milliseconds. */
  readonly #earnedAt = new Map<string, number>();

  /** The tenants that must wait. `now`: epoch milliseconds. */
  spent(now: number): string[] {
    for (const [tenant, at] of this.#earnedAt) if (at <= now - WINDOW_MS) this.#earnedAt.delete(tenant);
    return [...this.#earnedAt].filter(([, at]) => at > now).map(([tenant]) => tenant);
  }

  took(tenant: string, deliveries: number, now: number): void {
    this.#earnedAt.set(tenant, Math.max(this.#earnedAt.get(tenant) ?? 0, now - WINDOW_MS) + (deliveries * WINDOW_MS) / MOST_OF_TENANT);
  }
}
