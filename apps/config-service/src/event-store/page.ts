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
const anyOf = <T>(one: z.ZodType<T, string>) => z.union([one.transform((value) => [value]), z.array(one)]).optional();

/** A list filter by id. */
export const filter = anyOf(Id);

/** What a list takes that is no list of resources. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: Cursor.optional(),
});

export interface Page<T> {
  readonly items: T[];
  /** For `?cursor=`; null = that was all. */
  readonly next: string | null;
}

/** `rows` are one more than asked for where there are more; `place` is what they are in order of, `prefix` what its cursors begin with. */
export function page<T, U>(rows: T[], limit: number, show: (row: T) => U, place: (row: T) => number, prefix = ''): Page<U> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(show), next: last ? Buffer.from(prefix + String(place(last))).toString('base64url') : null };
}
