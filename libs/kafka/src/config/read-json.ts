import { readWire, type Topic, type WireRead } from '@nuncio/contracts';
import type { z } from 'zod';
import { newerRecords, type NewerRecord } from './newer-records.js';
import type { InboundRecord } from '../consuming/record-batch.js';

/**
 * Reads a record's value by its topic's schema. A `newer` record is counted: it is not faulty, and does not belong in quarantine. Never throws.
 */
export function readJson<S extends z.ZodType>({ name, value: schema }: Pick<Topic, 'name'> & { readonly value: S }, { value }: Pick<InboundRecord, 'value'>): WireRead<z.output<S>> {
  const read = readWire(schema, value?.toString());
  if (read.is === 'newer') newerRecords.publish({ topic: name } satisfies NewerRecord);
  return read;
}
