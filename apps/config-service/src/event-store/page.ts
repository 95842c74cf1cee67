import { z } from 'zod';

/** Lists are newest first. The cursor is the place of the last item, so that later insertions do not move anything. */
const Cursor = z.string().transform((text, ctx) => {
  const created = Number(Buffer.from(text, 'base64url').toString('latin1'));
  if (Number.isSafeInteger(created) && created > 0) return created;
  ctx.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
  return z.NEVER;
});

// PostgreSQL's text cannot have NUL.
const Id = z.string().refine((text) => !text.includes('\0'), 'must not contain NUL');

/** May be repeated, and matches any of the values. */
const anyOf = <T>(one: z.ZodType<T, string>) => z.union([one.transform((value) => [value]), z.array(one)]).optional();

/** A list filter by id. */
export const filter = anyOf(Id);

/** The query of a list that is not one of resources. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: Cursor.optional(),
});

export interface Page<T> {
  readonly items: T[];
  /** For `?cursor=`; null = there are no more. */
  readonly next: string | null;
}

/** `rows` has one row more than `limit` if there are more. `place` gives the sort key; `prefix` is the beginning of the list's cursors. */
export function page<T, U>(rows: T[], limit: number, show: (row: T) => U, place: (row: T) => number, prefix = ''): Page<U> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(show), next: last ? Buffer.from(prefix + String(place(last))).toString('base64url') : null };
}
