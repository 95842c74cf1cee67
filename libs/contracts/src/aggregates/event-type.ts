import { z } from 'zod';
import { Labels } from '../keying.js';

/** A catalogue entry. `addressed`: the event names its tenants; `broadcast`: it is for all of them. */
export const EventType = z.object({
  name: z.string().describe('The `type` of its events').meta({ examples: ['invoice.paid'] }),
  description: z.string().nullable().describe('What an event of this type means').meta({ examples: ['An invoice was paid in full.'] }),
  schema: z.record(z.string(), z.unknown()).nullable().describe('A JSON Schema of the payload; null = any payload').meta({ examples: [{ type: 'object', required: ['invoice'] }] }),
  audience: z.enum(['addressed', 'broadcast']).describe('Whether an event names its tenants, or is for all tenants'),
  approval: z.enum(['none', 'required']).describe("Whether a subscription to it requires a provider's approval"),
  labels: Labels.optional(),
});
export type EventType = z.infer<typeof EventType>;

/** A CloudEvents `type`, restricted to what can be in a URL's path and in a list. */
export const EventTypeName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, 'must be 1 to 128 of A-Z a-z 0-9 . _ : -').describe('The `type` of its events').meta({ examples: ['invoice.paid'] });
