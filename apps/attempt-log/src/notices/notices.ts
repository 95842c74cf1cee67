import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { NoticeFact } from './notice-fact.js';

/** One notice of a type and subject in this time. */
export const COALESCED_MS = 600_000;
/** Whoever has taken a notice on has told by then, or is gone. */
const CLAIMED_MS = 30_000;
export const AT_ONCE = 100;
/** So long it is remembered that something was told. */
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

/** Tenants take turns: however much one has to be told, the others' is not behind it. */
const CLAIM = `
  UPDATE log.notices n SET due_at = $1::timestamptz + interval '${CLAIMED_MS} milliseconds'
  FROM (
    SELECT w.type, w.subject FROM log.notices w
    JOIN (SELECT type, subject, row_number() OVER (PARTITION BY tenant ORDER BY due_at) AS turn FROM log.notices WHERE occurrences > 0 AND due_at <= $1) t ON t.type = w.type AND t.subject = w.subject
    WHERE w.occurrences > 0 AND w.due_at <= $1 ORDER BY t.turn, w.due_at LIMIT ${AT_ONCE} FOR UPDATE OF w SKIP LOCKED
  ) due
  WHERE n.type = due.type AND n.subject = due.subject RETURNING n.*`;

const NEXT = 'SELECT due_at FROM log.notices WHERE occurrences > 0 ORDER BY due_at LIMIT 1';

/** $5: before then it is not told again. What came meanwhile is told as the next one, whose time makes it another one. */
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

/** What is to be told, kept until it was. */
@Injectable()
export class Notices {
  #onTold: () => void = () => undefined;

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Something was told here, in a transaction that is committed, or soon will be. */
  onTold(listener: () => void): void {
    this.#onTold = listener;
  }

  /** Resolves when all of it is kept. `tx`: with what it follows from, or not at all. */
  async tell(facts: readonly NoticeFact[], tx: Pick<EntityManager, 'query'> = this.dataSource, now = Date.now()): Promise<void> {
    if (!facts.length) return;
    await tx.query(TELL, [JSON.stringify(together(facts, now))]);
    this.#onTold();
  }

  /** When the next one is due, epoch milliseconds; Infinity = there is none. */
  async nextDueAt(): Promise<number> {
    const [next] = await this.dataSource.query<{ due_at: Date }[]>(NEXT);
    return next?.due_at.getTime() ?? Infinity;
  }

  /** Some that are due, which nobody else gets meanwhile. */
  async claim(now = Date.now()): Promise<StoredNotice[]> {
    const [claimed] = await this.dataSource.query<[StoredNotice[], number]>(CLAIM, [new Date(now).toISOString()]);
    return claimed;
  }

  /** They were told, or `wasTold` says that nobody wanted to know: then the next one is told at once. */
  async settle({ type, subject, first_at, occurrences }: StoredNotice, wasTold: boolean, now = Date.now()): Promise<void> {
    await this.dataSource.query(SETTLE, [type, subject, first_at.toISOString(), occurrences, new Date(wasTold ? now + COALESCED_MS : now).toISOString()]);
  }

  async forgetOld(): Promise<void> {
    for (const statement of FORGET) await this.dataSource.query(statement);
  }
}

/** One row a type and subject, which one statement must not touch twice. */
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
