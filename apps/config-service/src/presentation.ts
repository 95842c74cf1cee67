import type { Keyed } from '@nuncio/contracts';
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

/** What those have beside it that people find and name in their own ways. */
export const shownLabels = { labels: z.record(z.string(), z.string()) };
const shownKeying = { externalId: z.string().nullable(), ...shownLabels };
export const keyedAnswerOf = <F extends z.ZodRawShape>(fields: F) => answerOf({ ...(fields as Omit<F, keyof Keyed>), ...shownKeying });

/** What the API answers of a resource: `fields`, and what every resource has. */
export const present = <F extends object>({ id, version, createdAt, updatedAt }: Resource, fields: F) => ({
  id,
  ...fields,
  version,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

export const presentKeyed = <F extends object>(resource: Resource<Keyed>, fields: F) => present(resource, { ...fields, externalId: resource.state.externalId ?? null, labels: resource.state.labels ?? {} });

export const masked = (sealed: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.keys(sealed).map((name) => [name, MASK]));
