import type { DataSource, EntityManager } from 'typeorm';

/** Whether a callback or a credential failed at a time (epoch milliseconds). */
export interface Sign {
  readonly about: 'callback' | 'credential';
  readonly id: string;
  readonly failing: boolean;
  readonly at: number;
}

/** A sign, compared with what was known before it. */
export interface Read<S extends Sign> {
  readonly sign: S;
  /** The sign is the first of a failure, or of its end. */
  readonly isNew: boolean;
  /** The beginning of the failure, which may have ended with this sign. */
  readonly failingSince: number;
}

const GIVEN = `SELECT * FROM jsonb_to_recordset($1) AS g (n int, about text, id text, failing boolean, at timestamptz)`;
const IS_NEW = 'CASE WHEN c.id IS NULL THEN g.failing ELSE c.failing <> g.failing AND c.since < g.at END';

/** Signs that begin or end a failure, or go on with one. Most batches need only this statement. */
const LOOK = `
  SELECT g.n, ${IS_NEW} AS is_new, c.since FROM (${GIVEN}) g LEFT JOIN log.conditions c ON c.about = g.about AND c.id = g.id
  WHERE g.failing OR c.failing`;

/** If two writers report the same change, only one of them gets the row back. */
const CHANGE = `
  INSERT INTO log.conditions AS c (about, id, failing, since) SELECT about, id, failing, at FROM (${GIVEN}) g ORDER BY about, id
  ON CONFLICT (about, id) DO UPDATE SET failing = excluded.failing, since = excluded.since WHERE c.failing <> excluded.failing AND c.since < excluded.since
  RETURNING about, id`;

interface Looked {
  readonly n: number;
  readonly is_new: boolean;
  readonly since: Date | null;
}

/**
 * Compares signs with what is stored, and returns those of resources that fail, or failed until now. At most one sign of each resource. `write` gets
 * the changes, within the transaction that stores them. Signs may come twice, and in any order.
 */
export async function readSigns<S extends Sign>(dataSource: DataSource, signs: readonly S[], write: (news: readonly Read<S>[], tx: EntityManager) => Promise<void>): Promise<Read<S>[]> {
  if (!signs.length) return [];
  const looked = await dataSource.query<Looked[]>(LOOK, [given(signs)]);
  const read = looked.flatMap(({ n, is_new, since }) => {
    const sign = signs[n];
    return sign ? { sign, isNew: is_new, failingSince: since === null || (sign.failing && is_new) ? sign.at : since.getTime() } : [];
  });
  const news = read.filter(({ isNew }) => isNew);
  if (news.length)
    await dataSource.transaction(async (tx) => {
      const changed = await tx.query<{ about: string; id: string }[]>(CHANGE, [given(news.map(({ sign }) => sign))]);
      const keys = new Set(changed.map(keyOf));
      await write(news.filter(({ sign }) => keys.has(keyOf(sign))), tx);
    });
  return read;
}

const keyOf = ({ about, id }: { readonly about: string; readonly id: string }): string => `${about} ${id}`;

const given = (signs: readonly Sign[]): string => JSON.stringify(signs.map(({ about, id, failing, at }, n) => ({ n, about, id, failing, at: new Date(at).toISOString() })));

/** The last sign of each resource. */
export function lastOfEach<S extends Sign>(signs: Iterable<S>): S[] {
  const last = new Map<string, S>();
  for (const sign of signs) {
    const known = last.get(keyOf(sign));
    if (!known || known.at <= sign.at) last.set(keyOf(sign), sign);
  }
  return [...last.values()];
}
