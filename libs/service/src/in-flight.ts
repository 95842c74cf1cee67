import { Fault, type Principal } from '@nuncio/contracts';

/** Limits how much work of one kind each tenant has in progress. Callers without a tenant have no limit. */
export class InFlight {
  readonly #byTenant = new Map<string, number>();

  /** `most`: the limit for all callers of one tenant. `what`: the kind of work, for the message. */
  constructor(
    private readonly most: number,
    private readonly what: string,
  ) {}

  /** Throws Fault `too-many-requests`. */
  async count<T>({ tenant }: Pick<Principal, 'tenant'>, work: () => Promise<T>): Promise<T> {
    if (tenant === null) return work();
    const inFlight = this.#byTenant.get(tenant) ?? 0;
    if (inFlight >= this.most) throw new Fault('too-many-requests', `The tenant ${tenant} has ${this.most} ${this.what} in progress; send the next one when one of them is answered.`, { retriable: true, retryAfterSeconds: 1 });
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
