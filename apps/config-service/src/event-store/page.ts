import { reference } from '@nuncio/contracts';
import { z } from 'zod';

/** Newest first; the cursor is the place of the last item seen, so that what is inserted meanwhile moves nothing. */
const Cursor = z.string().transform((text, ctx) => {
  const created = Number(Buffer.from(text, 'base64url').toString('latin1'));
  if (Number.isSafeInteger(created) && created > 0) return created;
  ctx.addIssue({ code: 'custom', message: 'is no cursor of this list' });
  return z.NEVER;
});

// PostgreSQL has no text with a NUL in it.
const Id = z.string().refine((text) => !text.includes('\0'), 'must not contain NUL');

/** May be repeated: any of them. */
export const anyOf = <T>(one: z.ZodType<T, string>) => z.union([one.transform((value) => [value]), z.array(one)]).optional();

/** A list filter by id. */
export const filter = anyOf(Id);

/** What every list takes. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: Cursor.optional(),
  tenant: anyOf(reference('tenant')),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** As many ids as a page has at most. */
const MAX_IDS = 100;

/** What lists of resources take beside: those of these ids, and those in whose id, name, URLs or event types a text is found, in any case. */
export const ListQuery = PageQuery.extend({
  id: z.union([Id.transform((one) => [one]), z.array(Id).max(MAX_IDS)]).optional(),
  q: Id.min(1).max(200).optional(),
});
export type ListQuery = z.infer<typeof ListQuery>;

export interface Page<T> {
  readonly items: T[];
  /** For `?cursor=`; null = that was all. */
  readonly next: string | null;
}

interface Created {
  readonly created: number;
}

/** `rows` are one more than asked for where there are more; `place` is what they are in order of. */
export function page<T extends Created, U>(rows: T[], limit: number, show: (row: T) => U): Page<U>;
export function page<T, U>(rows: T[], limit: number, show: (row: T) => U, place: (row: T) => number): Page<U>;
export function page<T, U>(rows: T[], limit: number, show: (row: T) => U, place = (row: T) => (row as Created).created): Page<U> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(show), next: last ? Buffer.from(String(place(last))).toString('base64url') : null };
}
