import type { OperationEvent } from '@nuncio/contracts';
import { ViewColumn, ViewEntity } from 'typeorm';
import { bigint } from '../event-store/index.js';

/** A change in the state of a bulk operation, placed between two configuration events. */
@ViewEntity({ schema: 'config', name: 'operation_events', synchronize: false })
export class RecordedOperation {
  /** Position of the last configuration event before it. */
  @ViewColumn({ transformer: bigint })
  readonly position!: number;

  /** Counts the changes after one position, from 1. */
  @ViewColumn({ transformer: bigint })
  readonly nth!: number;

  @ViewColumn()
  readonly id!: string;

  @ViewColumn()
  readonly version!: number;

  @ViewColumn()
  readonly type!: OperationEvent['type'];

  @ViewColumn()
  readonly at!: Date;

  @ViewColumn()
  readonly actor!: string;

  @ViewColumn()
  readonly tenant!: string | null;

  @ViewColumn()
  readonly groups!: string[];

  @ViewColumn()
  readonly data!: Record<string, unknown>;
}
