import type { AggregateKind } from '@nuncio/contracts';
import { ViewColumn, ViewEntity } from 'typeorm';

export const bigint = { from: Number, to: (value: number) => value };

/** An aggregate of the read model that is not deleted. `S` is its state. */
@ViewEntity({ schema: 'config', name: 'resources', synchronize: false })
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- what a state is, only its aggregate knows
export class Resource<S extends object = object> {
  @ViewColumn()
  readonly kind!: AggregateKind;

  @ViewColumn()
  readonly id!: string;

  /** The number of events in its stream. */
  @ViewColumn()
  readonly version!: number;

  /** Position of its last event. */
  @ViewColumn({ transformer: bigint })
  readonly position!: number;

  /** Position of its first event. */
  @ViewColumn({ transformer: bigint })
  readonly created!: number;

  @ViewColumn({ name: 'created_at' })
  readonly createdAt!: Date;

  @ViewColumn({ name: 'at' })
  readonly updatedAt!: Date;

  @ViewColumn()
  readonly tenant!: string | null;

  @ViewColumn()
  readonly groups!: string[];

  @ViewColumn()
  readonly name!: string | null;

  @ViewColumn()
  readonly links!: string[];

  @ViewColumn()
  readonly state!: S;
}
