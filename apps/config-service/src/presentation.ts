import { REDACTED } from '@nuncio/sealing';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import type { Resource } from './event-store/index.js';

/** In the place of every sealed value that is shown. As an input it is refused, wherever it stands. */
export const MASK = REDACTED;

/** A sealed field that is absent, null or blank is kept. */
export const isKept = (value: string | null | undefined): value is null | undefined | '' => value === undefined || value === null || value === '';

/** What every resource has beside its own fields. */
export const answerOf = <F extends z.ZodRawShape>(fields: F) => z.object({ id: z.string(), ...fields, version: z.int(), createdAt: Moment, updatedAt: Moment });

/** What the API answers of a resource: `fields`, and what every resource has. */
export const present = <F extends object>({ id, version, createdAt, updatedAt }: Resource, fields: F) => ({
  id,
  ...fields,
  version,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

export const masked = (sealed: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.keys(sealed).map((name) => [name, MASK]));
