import type { AggregateRecord } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';

const KINDS = ['callback', 'subscription'] as const;
type Held = (typeof KINDS)[number];

/** The number of each tenant's callbacks and subscriptions. Kept as they change, so that asking costs nothing. */
export class Holdings {
  readonly #tenants = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** The view must have both kinds. */
  constructor(view: Pick<ConfigView, 'all' | 'onChange'>) {
    for (const kind of KINDS) for (const { id, state } of view.all(kind)) this.#set(kind, id, state.tenant);
    view.onChange((record: AggregateRecord) => {
      if (record.kind === 'callback' || record.kind === 'subscription') this.#set(record.kind, record.id, record.state?.tenant);
    });
  }

  of(tenant: string, kind: Held): number {
    return this.#counts.get(`${kind} ${tenant}`) ?? 0;
  }

  /** A resource never changes its tenant; undefined = it is deleted. */
  #set(kind: Held, id: string, tenant: string | undefined): void {
    const before = this.#tenants.get(id);
    if (before === tenant) return;
    if (before !== undefined) this.#add(`${kind} ${before}`, -1);
    if (tenant === undefined) this.#tenants.delete(id);
    else {
      this.#tenants.set(id, tenant);
      this.#add(`${kind} ${tenant}`, 1);
    }
  }

  #add(key: string, one: 1 | -1): void {
    const count = (this.#counts.get(key) ?? 0) + one;
    if (count) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}
