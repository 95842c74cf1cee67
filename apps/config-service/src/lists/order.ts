import { z } from 'zod';

export const Order = z.enum(['-created', 'created', '-updated', 'updated']);
export type Order = z.infer<typeof Order>;

/** The position of a resource's first event, or of its last. */
type By = 'created' | 'position';

/** The end of a page. */
export interface Place {
  readonly by: By;
  readonly place: number;
}

/** `prefix`: the beginning of the cursors of this order. */
export const orderOf = (order: Order): { by: By; direction: 'ASC' | 'DESC'; prefix: string } => {
  const by = order.endsWith('created') ? 'created' : 'position';
  return { by, direction: order.startsWith('-') ? 'DESC' : 'ASC', prefix: by === 'created' ? '' : UPDATED };
};

const UPDATED = 'u';

/** The place of the last item, so that later insertions do not move anything. */
export const Cursor = z
  .string()
  .max(64)
  .transform((text, ctx): Place => {
    const read = Buffer.from(text, 'base64url').toString('latin1');
    const isUpdated = read.startsWith(UPDATED);
    const place = Number(isUpdated ? read.slice(UPDATED.length) : read);
    if (Number.isSafeInteger(place) && place > 0) return { by: isUpdated ? 'position' : 'created', place };
    ctx.addIssue({ code: 'custom', message: 'is not a cursor of this list' });
    return z.NEVER;
  });
