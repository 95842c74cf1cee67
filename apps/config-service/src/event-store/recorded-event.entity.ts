import type { AggregateKind } from '@nuncio/contracts';
import { ViewColumn, ViewEntity } from 'typeorm';
import type { RecordedChange } from './aggregate.js';
import { bigint } from './resource.entity.js';

/**
 * An event of the store, with the tenant and groups that decide now who may see it, even if its aggregate is deleted.
 */
@ViewEntity({ schema: 'config', name: 'audit', synchronize: false })
export class RecordedEvent {
  @ViewColumn({ transformer: bigint })
  readonly position!: number;

  /** The version of its aggregate after it. */
  @ViewColumn()
  readonly version!: number;

  @ViewColumn()
  readonly type!: string;

  @ViewColumn()
  readonly at!: Date;

  /** Id of the API key, or `nuncio`. */
  @ViewColumn()
  readonly actor!: string;

  @ViewColumn()
  readonly data!: RecordedChange['data'];

  @ViewColumn()
  readonly kind!: AggregateKind;

  @ViewColumn()
  readonly id!: string;

  @ViewColumn()
  readonly tenant!: string | null;

  @ViewColumn()
  readonly groups!: string[];
}
