import type { AggregateRecord } from '@nuncio/contracts';
import { OfTenants, type ConfigView } from '@nuncio/kafka';

/** The number of each tenant's callbacks and subscriptions. Kept as they change, so that asking costs nothing. */
export class Holdings {
  readonly #held = { callback: new OfTenants(), subscription: new OfTenants() };

  /** The view must have both kinds. */
  constructor(view: Pick<ConfigView, 'all' | 'onChange'>) {
    for (const kind of ['callback', 'subscription'] as const) for (const record of view.all(kind)) this.#held[kind].note(record);
    view.onChange((record: AggregateRecord) => {
      if (record.kind === 'callback' || record.kind === 'subscription') this.#held[record.kind].note(record);
    });
  }

  of(tenant: string, kind: 'callback' | 'subscription'): number {
    return this.#held[kind].of(tenant).size;
  }
}
