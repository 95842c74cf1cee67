import type { Keyed } from '@nuncio/contracts';
import { QueryFailedError } from 'typeorm';
import type { Aggregate, Index } from './aggregate.js';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const UNIQUE_VIOLATION = '23505';
const FIELDS = { aggregates_name: 'name', aggregates_external_id: 'externalId' } as const;

/** A unique field has the value of another resource of the kind. */
export class Taken extends Error {
  constructor(
    readonly aggregate: Aggregate<object>,
    readonly field: 'name' | 'externalId',
    readonly index: Index & Keyed,
  ) {
    super(`there is another ${aggregate.kind} of this ${field}`);
  }

  /** null = the database refused something else. */
  static by(error: unknown, aggregate: Aggregate<object>, index: Index & Keyed): Taken | null {
    const { code, constraint = '' } = error instanceof QueryFailedError ? (error.driverError as { code?: string; constraint?: string }) : {};
    const field = code === UNIQUE_VIOLATION ? (FIELDS as Readonly<Record<string, Taken['field']>>)[constraint] : undefined;
    return field ? new Taken(aggregate, field, index) : null;
  }
}
