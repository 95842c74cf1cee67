import { EventTypeName, FilteredEvent, noEventType, type EventType, type Sample } from '@nuncio/contracts';
import { payloadFaults } from '@nuncio/payload-schema';
import { sample } from 'openapi-sampler';
import { z } from 'zod';
import { eventType } from '../event-types/event-type.js';
import type { Resources } from '../event-store/index.js';
import { invalid, throwAny } from '../faults.js';

/** Limit of the payload as JSON. */
const MAX_CHARACTERS = 65_536;

export const TestRequest = z
  .strictObject({
    eventType: EventTypeName.optional().describe('The event type of the sample; default: `nuncio.test`'),
    data: z.unknown().optional().describe("The payload, which must fit the schema of the type. Default: the first of the schema's `examples`, or one made from the schema"),
  })
  .refine(({ eventType: type, data }) => data === undefined || type !== undefined, { path: ['eventType'], message: 'must be given with `data`' })
  .meta({ id: 'TestRequest' });
export type TestRequest = z.infer<typeof TestRequest>;

/** The event of a sample; undefined = no type is named, so the default event is sent. Throws Fault `invalid`. */
export async function sampleEvent(resources: Resources, { eventType: name, data }: TestRequest): Promise<Sample['event']> {
  if (name === undefined) return undefined;
  const found = await resources.find(eventType, name);
  if (!found) throw invalid('/eventType', 'unknown', noEventType(name));
  const { schema } = found.state;
  const payload = JSON.stringify(data === undefined ? exampleOf(schema) : data);
  if (payload.length > MAX_CHARACTERS) throw invalid('/data', 'too-large', `must be at most ${MAX_CHARACTERS} characters as JSON`);
  // A generated example is not checked against the schema: it may not fit, for example if the schema has a pattern.
  if (data !== undefined) throwAny(payloadFaults(schema, new FilteredEvent({ attributes: {}, contentType: 'application/json', payload: Buffer.from(payload), tenants: [] })));
  return { type: name, payload };
}

/** Deterministic. */
function exampleOf(schema: EventType['schema']): unknown {
  const [example] = Array.isArray(schema?.examples) ? (schema.examples as unknown[]) : [];
  return example ?? (schema ? sample(schema, { quiet: true, maxSampleDepth: 8 }, schema) : null) ?? {};
}
