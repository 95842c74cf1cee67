import { Injectable } from '@nestjs/common';
import type { KeyedKind, Principal } from '@nuncio/contracts';
import type { ExternalIds } from '@nuncio/service';
import { aggregates } from '../aggregates.js';
import { EventStore } from '../event-store/index.js';

/** What external ids stand for, as the store has it now. */
@Injectable()
export class StoreExternalIds implements ExternalIds {
  constructor(private readonly store: EventStore) {}

  async find(caller: Principal, kind: KeyedKind, externalId: string, tenant: string | null): Promise<string[]> {
    return (await this.store.read(caller).byExternalId(aggregates[kind], externalId, tenant)).map(({ id }) => id);
  }
}
