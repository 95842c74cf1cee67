import { Injectable } from '@nestjs/common';
import type { Keyed, KeyedKind, Principal } from '@nuncio/contracts';
import type { ExternalIds, Holder } from '@nuncio/service';
import { aggregates } from '../aggregates.js';
import { EventStore } from '../event-store/index.js';

/** Resolves external ids from the store. */
@Injectable()
export class StoreExternalIds implements ExternalIds {
  constructor(private readonly store: EventStore) {}

  async find(caller: Principal, kind: KeyedKind, externalIds: readonly string[], tenant: string | null): Promise<Holder[]> {
    const found = await this.store.read(caller).byExternalIds(aggregates[kind], externalIds, tenant);
    return found.map(({ id, state }) => ({ id, externalId: (state as Keyed).externalId ?? '' }));
  }
}
