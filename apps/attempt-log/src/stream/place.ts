import { Fault } from '@nuncio/contracts';
import type { DataSource } from 'typeorm';

/** How far a stream has come: every row of transactions before `xid`, and of `xid` itself those up to `id`. It is the `id:` of server-sent events. */
export interface Place {
  /** A PostgreSQL transaction id, 64 bits wide (`xid8`), as text. */
  readonly xid: string;
  /** `''` = none of `xid` itself. */
  readonly id: string;
}

export const placeText = ({ xid, id }: Place): string => (id ? `${xid}-${id}` : xid);

/** Reads the header `Last-Event-ID`: the place that a stream gave; null = there is none. Throws Fault `invalid`. */
function lastPlace(header: string | undefined): Place | null {
  if (!header) return null;
  const [, xid, id = ''] = /^(\d{1,19})(?:-(\w{1,64}))?$/.exec(header) ?? [];
  if (xid !== undefined) return { xid, id };
  const detail = 'must be the id of an event of this stream';
  throw new Fault('invalid', 'One header is invalid.', { errors: [{ pointer: '/Last-Event-ID', code: 'invalid', detail }] });
}

/** Where a stream begins that begins now: no transaction before it can write any more. */
export async function present(dataSource: DataSource): Promise<Place> {
  const [row] = await dataSource.query<{ xid: string }[]>('SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid');
  return { xid: row?.xid ?? '0', id: '' };
}

/** A place that is ahead of the present is of another database (a dump that was restored counts anew), and means the present. */
export const notAhead = (place: Place, now: Place): Place => (BigInt(place.xid) > BigInt(now.xid) ? now : place);

/** Where a stream goes on that was asked for with this `Last-Event-ID`; without one, the present. Throws Fault `invalid`. */
export async function startingPlace(dataSource: DataSource, header: string | undefined): Promise<Place> {
  const last = lastPlace(header);
  const now = await present(dataSource);
  return notAhead(last ?? now, now);
}
