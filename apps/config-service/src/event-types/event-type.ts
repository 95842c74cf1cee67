import { EventType, EventTypeName, Fault, isReserved, NOTICE_TYPES } from '@nuncio/contracts';
import { z } from 'zod';
import { replaceFields, type Aggregate } from '../event-store/index.js';
import { labelling } from '../keying/keying.js';

/** An event type belongs to the installation, not to a tenant. Its id is its name. */
export const eventType: Aggregate<EventType> = {
  kind: 'event-type',
  reusesIds: true,
  evolve: replaceFields,
  index: () => ({ tenant: null }),
};

const fields = {
  description: z.string().max(2_000).nullable().describe('What an event of this type means').meta({ examples: ['An invoice was paid in full.'] }),
  schema: z.record(z.string(), z.unknown()).nullable().describe('A JSON Schema of the payload; null = any payload'),
  audience: EventType.shape.audience,
  approval: EventType.shape.approval,
};

export const CreateEventType = z.strictObject({
  name: EventTypeName.refine((name) => !isReserved(name), `begins with "nuncio.", which is reserved for Nuncio's notices`),
  description: fields.description.default(null),
  schema: fields.schema.default(null),
  audience: fields.audience.default('addressed'),
  approval: fields.approval.default('none'),
  ...labelling,
});

export const PatchEventType = z.strictObject({ ...fields, ...labelling }).partial();

/** Event types of notices cannot be changed. Throws Fault `forbidden`. */
export function refuseNotice(name: string): void {
  if ((NOTICE_TYPES as string[]).includes(name)) throw new Fault('forbidden', `${name} is an event type of Nuncio: it can be subscribed to, but not changed or deleted`);
}
