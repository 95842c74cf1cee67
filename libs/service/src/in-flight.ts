import { Fault, type Principal } from '@nuncio/contracts';

/** How much of one kind of work of each tenant is under way: what is shared has room for all of them. Callers of the installation have no tenant, and no limit. */
export class InFlight {
  readonly #byTenant = new Map<string, number>();

  /** So many of a tenant at once, whichever of its keys and people they come from. `what`: of which there are so many, for its callers to read. */
  constructor(
    private readonly most: number,
    private readonly what: string,
  ) {}

  /** Throws Fault `too-many-requests`. */
  async count<T>({ tenant }: Pick<Principal, 'tenant'>, work: () => Promise<T>): Promise<T> {
    if (tenant === null) return work();
    const inFlight = this.#byTenant.get(tenant) ?? 0;
    if (inFlight >= this.most) throw new Fault('too-many-requests', `The tenant ${tenant} has ${this.most} ${this.what} under way; send the next one when one of them is answered.`, { retriable: true, retryAfterSeconds: 1 });
    this.#byTenant.set(tenant, inFlight + 1);
    try {
      return await work();
    } finally {
      const left = (this.#byTenant.get(tenant) ?? 1) - 1;
      if (left > 0) this.#byTenant.set(tenant, left);
      else this.#byTenant.delete(tenant);
    }
  }
}
