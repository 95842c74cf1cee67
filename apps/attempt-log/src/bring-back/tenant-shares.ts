/** Deliveries a second that a process brings back for one tenant, whatever its operations ask for together. */
const MOST_OF_TENANT = 1_000;
const WINDOW_MS = 1_000;

/** What each tenant has had lately: the generic cell rate algorithm (ITU-T I.371), with a second's worth at once. '' = who belongs to no tenant. */
export class TenantShares {
  /** When everything that was brought back has been earned. */
  readonly #earnedAt = new Map<string, number>();

  /** Those that wait for their next turn. `now`: epoch milliseconds. */
  spent(now: number): string[] {
    for (const [tenant, at] of this.#earnedAt) if (at <= now - WINDOW_MS) this.#earnedAt.delete(tenant);
    return [...this.#earnedAt].filter(([, at]) => at > now).map(([tenant]) => tenant);
  }

  took(tenant: string, deliveries: number, now: number): void {
    this.#earnedAt.set(tenant, Math.max(this.#earnedAt.get(tenant) ?? 0, now - WINDOW_MS) + (deliveries * WINDOW_MS) / MOST_OF_TENANT);
  }
}
