import { z } from 'zod';
import type { Wire } from '../wire.js';
import { wires } from '../wires.js';
import { samplesOf } from './wire-samples.js';

/** One kind of JSON in one release: its JSON Schema, as far as a schema can describe it, and sample values. */
export interface RecordedWire {
  readonly schema: z.core.JSONSchema.JSONSchema;
  readonly samples: readonly unknown[];
}

/** Everything that services of this release read from each other, by name. `npm run release` writes it to libs/contracts/released. A test compares the next release with it. */
export const recordedWires = (all: readonly Wire[] = wires): Record<string, RecordedWire> =>
  Object.fromEntries(all.map(({ name, schema }) => [name, { schema: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), samples: samplesOf(schema).map(({ value }) => value).filter((value) => z.safeParse(schema, value).success) }]));
