import { z } from 'zod';
import type { Wire } from '../wire.js';
import { wires } from '../wires.js';
import { samplesOf } from './wire-samples.js';

/** What one kind of JSON is in one release: its JSON Schema, as far as one can say it, and values of it. */
export interface RecordedWire {
  readonly schema: z.core.JSONSchema.JSONSchema;
  readonly samples: readonly unknown[];
}

/** All that services of this release read of each other, by name. `npm run release` keeps it in libs/contracts/released, where the next release is compared with it. */
export const recordedWires = (all: readonly Wire[] = wires): Record<string, RecordedWire> =>
  Object.fromEntries(all.map(({ name, schema }) => [name, { schema: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), samples: samplesOf(schema).map(({ value }) => value).filter((value) => z.safeParse(schema, value).success) }]));
