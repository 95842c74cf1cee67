import { events } from '@nuncio/contracts';
import { z } from 'zod';

/** The record that an event was read from. The offset is text, since it may exceed what a JSON number holds. */
export const Lineage = z
  .object({ topic: z.string(), partition: z.int(), offset: z.string() })
  .describe('The record that the event was read from')
  .meta({ id: 'Lineage' });
export type Lineage = z.infer<typeof Lineage>;

export const lineageOf = ({ partition, record_offset: offset }: { partition: number; record_offset: string }): Lineage => ({ topic: events.name, partition, offset });
