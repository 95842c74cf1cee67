import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { NoticeFact } from './notice-fact.js';

/** There is at most one notice of a type and subject in this time. */
export const COALESCED_MS = 600_000;
/** After this time a claimed notice is free again, since the claiming replica is gone. */
const CLAIMED_MS = 30_000;
export const AT_ONCE = 100;
/** How long a published notice's mark, or an ended failure, is remembered. */
const REMEMBERED = '30 days';

const TELL = `
  INSERT INTO log.notices AS n (type, subject, tenant, groups, data, mark, occurrences, first_at, last_at, due_at)
  SELECT g.* FROM jsonb_to_recordset($1) AS g (type text, subject text, tenant text, groups text[], data json, mark bigint, occurrences int, first_at timestamptz, last_at timestamptz, due_at timestamptz)
  WHERE NOT EXISTS (SELECT FROM log.notices o WHERE o.type = g.type AND o.subject = g.subject AND o.mark >= g.mark)
  ORDER BY g.type, g.subject
  ON CONFLICT (type, subject) DO UPDATE SET
    tenant = excluded.tenant, groups = excluded.groups, data = excluded.data, mark = coalesce(excluded.mark, n.mark),
    occurrences = n.occurrences + excluded.occurrences,
    first_at = CASE WHEN n.occurrences = 0 THEN excluded.first_at ELSE n.first_at END,
    last_at = greatest(n.last_at, excluded.last_at),
    due_at = CASE WHEN n.occurrences = 0 THEN greatest(n.due_at, excluded.due_at) ELSE n.due_at END
  WHERE excluded.mark IS NULL OR n.mark IS NULL OR excluded.mark > n.mark`;

/** Tenants take turns, so that one with many notices does not delay the others. */
const CLAIM = `
  UPDATE log.notices n SET due_at = $1::timestamptz + interval '${CLAIMED_MS} milliseconds'
  FROM (
    SELECT w.type, w.subject FROM log.notices w
    JOIN (SELECT type, subject, row_number() OVER (PARTITION BY tenant ORDER BY due_at) AS turn FROM log.notices WHERE occurrences > 0 AND due_at <= $1) t ON t.type = w.type AND t.subject = w.subject
    WHERE w.occurrences > 0 AND w.due_at <= $1 ORDER BY t.turn, w.due_at LIMIT ${AT_ONCE} FOR UPDATE OF w SKIP LOCKED
  ) due
  WHERE n.type = due.type AND n.subject = due.subject RETURNING n.*`;

const NEXT = 'SELECT due_at FROM log.notices WHERE occurrences > 0 ORDER BY due_at LIMIT 1';

/**
 * $5: the earliest time of the next notice. What came meanwhile will be published as another notice, since its `first_at`
 * is later.
 */
const SETTLE = `
  UPDATE log.notices SET occurrences = occurrences - $4, first_at = greatest(last_at, first_at + interval '1 millisecond'), due_at = $5
  WHERE type = $1 AND subject = $2 AND first_at = $3`;

const FORGET = [
  `DELETE FROM log.notices WHERE occurrences = 0 AND last_at < now() - interval '${REMEMBERED}'`,
  `DELETE FROM log.conditions WHERE NOT failing AND since < now() - interval '${REMEMBERED}'`,
];

/** A row of log.notices. */
export interface StoredNotice {
  readonly type: NoticeFact['type'];
  readonly subject: string;
  readonly tenant: string | null;
  readonly groups: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
  readonly occurrences: number;
  readonly first_at: Date;
  readonly last_at: Date;
}

/** Stores notices until they are published. */
@Injectable()
export class Notices {
  #onTold: () => void = () => undefined;

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** The listener is called when a notice was stored here. Its transaction commits soon. */
  onTold(listener: () => void): void {
    this.#onTold = listener;
  }

  /** Resolves once all are stored. `tx`: stores them in the transaction of what they follow from. */
  async tell(facts: readonly NoticeFact[], tx: Pick<EntityManager, 'query'> = this.dataSource, now = Date.now()): Promise<void> {
    if (!facts.length) return;
    await tx.query(TELL, [JSON.stringify(together(facts, now))]);
    this.#onTold();
  }

  /** When the next notice is due, epoch milliseconds; Infinity = there is none. */
  async nextDueAt(): Promise<number> {
    const [next] = await this.dataSource.query<{ due_at: Date }[]>(NEXT);
    return next?.due_at.getTime() ?? Infinity;
  }

  /** Notices that are due. No other replica gets them meanwhile. */
  async claim(now = Date.now()): Promise<StoredNotice[]> {
    const [claimed] = await this.dataSource.query<[StoredNotice[], number]>(CLAIM, [new Date(now).toISOString()]);
    return claimed;
  }

  /** Marks a notice as published. `wasTold` false = it has no receivers; then the next one is published at once. */
  async settle({ type, subject, first_at, occurrences }: StoredNotice, wasTold: boolean, now = Date.now()): Promise<void> {
    await this.dataSource.query(SETTLE, [type, subject, first_at.toISOString(), occurrences, new Date(wasTold ? now + COALESCED_MS : now).toISOString()]);
  }

  async forgetOld(): Promise<void> {
    for (const statement of FORGET) await this.dataSource.query(statement);
  }
}

/** One row per type and subject, since one statement must not touch a row twice. */
function together(facts: readonly NoticeFact[], now: number): object[] {
  const bySubject = Map.groupBy(facts, ({ type, subject }) => `${type} ${subject}`);
  return [...bySubject.values()].flatMap((same) => {
    const inTurn = same.toSorted((a, b) => a.at - b.at);
    const [first, last] = [inTurn[0], inTurn.at(-1)];
    if (!first || !last) return [];
    const { type, subject, tenant, groups, data } = last;
    const marks = same.flatMap(({ mark }) => mark ?? []);
    const time = (at: number): string => new Date(at).toISOString();
    return { type, subject, tenant, groups, data, mark: marks.length ? Math.max(...marks) : null, occurrences: same.length, first_at: time(first.at), last_at: time(last.at), due_at: time(now) };
  });
}
