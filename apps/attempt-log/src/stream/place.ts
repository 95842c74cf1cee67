import { Fault } from '@nuncio/contracts';
import type { DataSource } from 'typeorm';

/**
 * How far a stream has come: past every row of transactions before `xid`, and past the rows of `xid` up to `id`. It is the `id:` of server-sent
 * events.
 */
export interface Place {
  /** A PostgreSQL transaction id, 64 bits wide (`xid8`), as text. */
  readonly xid: string;
  /** `''` = no rows of `xid`. */
  readonly id: string;
}

export const placeText = ({ xid, id }: Place): string => (id ? `${xid}-${id}` : xid);

/** Reads the header `Last-Event-ID`, a place; null = there is none. Throws Fault `invalid`. */
function lastPlace(header: string | undefined): Place | null {
  if (!header) return null;
  const [, xid, id = ''] = /^(\d{1,19})(?:-(\w{1,64}))?$/.exec(header) ?? [];
  if (xid !== undefined) return { xid, id };
  const detail = 'must be the id of an event of this stream';
  throw new Fault('invalid', 'One header is invalid.', { errors: [{ pointer: '/Last-Event-ID', code: 'invalid', detail }] });
}

/** The place of a stream that starts now: no transaction before it can write any more. */
export async function present(dataSource: DataSource): Promise<Place> {
  const [row] = await dataSource.query<{ xid: string }[]>('SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid');
  return { xid: row?.xid ?? '0', id: '' };
}

/** A place ahead of the present is from another database (a restored dump counts anew), so the present is taken. */
export const notAhead = (place: Place, now: Place): Place => (BigInt(place.xid) > BigInt(now.xid) ? now : place);

/** The place for a `Last-Event-ID`; the present if there is none. Throws Fault `invalid`. */
export async function startingPlace(dataSource: DataSource, header: string | undefined): Promise<Place> {
  const last = lastPlace(header);
  const now = await present(dataSource);
  return notAhead(last ?? now, now);
}
