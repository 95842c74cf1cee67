import { z } from 'zod';

/** A catalogue entry. `addressed`: the event names its tenants; `broadcast`: it is for all of them. */
export const EventType = z.object({
  name: z.string(),
  description: z.string().nullable(),
  schema: z.record(z.string(), z.unknown()).nullable(),
  audience: z.enum(['addressed', 'broadcast']),
  approval: z.enum(['none', 'required']),
});
export type EventType = z.infer<typeof EventType>;

/** CloudEvents `type`, restricted to what can stand in a URL path and a list. */
export const EventTypeName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, 'must be 1 to 128 of A-Z a-z 0-9 . _ : -');
