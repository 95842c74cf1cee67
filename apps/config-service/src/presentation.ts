import type { Keyed } from '@nuncio/contracts';
import { REDACTED } from '@nuncio/sealing';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import type { Resource } from './event-store/index.js';

/** Shown in place of every sealed value. Refused as an input. */
export const MASK = REDACTED;

/** A sealed field that is absent, null or blank keeps its stored value. */
export const isKept = (value: string | null | undefined): value is null | undefined | '' => value === undefined || value === null || value === '';

/** The answer for a resource: `fields`, and what every resource has. */
export const answerOf = <F extends z.ZodRawShape>(fields: F) => z.object({ id: z.string(), ...fields, version: z.int(), createdAt: Moment, updatedAt: Moment });

/** The answer for a resource that also has labels or an external id. */
export const shownLabels = { labels: z.record(z.string(), z.string()) };
const shownKeying = { externalId: z.string().nullable(), ...shownLabels };
export const keyedAnswerOf = <F extends z.ZodRawShape>(fields: F) => answerOf({ ...(fields as Omit<F, keyof Keyed>), ...shownKeying });

/** The answer for a resource: `fields`, and what every resource has. */
export const present = <F extends object>({ id, version, createdAt, updatedAt }: Resource, fields: F) => ({
  id,
  ...fields,
  version,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

export const presentKeyed = <F extends object>(resource: Resource<Keyed>, fields: F) => present(resource, { ...fields, externalId: resource.state.externalId ?? null, labels: resource.state.labels ?? {} });

export const masked = (sealed: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.keys(sealed).map((name) => [name, MASK]));
