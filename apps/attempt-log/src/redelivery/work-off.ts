import type { BatchProducer, ConfigView } from '@nuncio/kafka';
import type { DataSource, EntityManager } from 'typeorm';
import type { LogWriter } from '../ingest/log-writer.js';
import { finished } from '../notices/finished.js';
import type { Notices } from '../notices/notices.js';
import { audit, NUNCIO } from './operation-event.js';
import { candidatesOf } from './candidates-of.js';
import { goingOf } from './going.js';
import { MayGo } from './may-go.js';
import { outcomeOf, outcomesOf, type Operation, type Outcomes } from './operation.js';
import { speaksNoMore } from './requester.js';
import type { TenantShares } from './tenant-shares.js';
import { sendAll } from './way-out.js';

/** Payloads may be 1 MiB each. */
const MOST_AT_ONCE = 50;
/** Many small batches make an even rate. */
const BATCHES_PER_SECOND = 20;

/**
 * The next operation to work on. Tenants take turns: the one whose last batch was the longest ago comes first. Among a tenant's operations the one
 * due first comes first. Of operations for one callback only the oldest runs, since they share the callback's rate.
 */
const DUE = `SELECT p.* FROM log.operations p
  WHERE p.state = 'running' AND p.due_at <= $1 AND coalesce(p.requested_by ->> 'tenant', '') <> ALL($2::text[])
    AND NOT EXISTS (SELECT FROM log.operations o WHERE o.state = 'running' AND o.callback = p.callback AND (o.created_at, o.id) < (p.created_at, p.id))
  ORDER BY (SELECT max(t.worked_at) FROM log.operations t WHERE t.state = 'running' AND t.requested_by ->> 'tenant' IS NOT DISTINCT FROM p.requested_by ->> 'tenant') NULLS FIRST,
    p.due_at, p.created_at, p.id LIMIT 1 FOR UPDATE SKIP LOCKED`;

/** Asked before a transaction is begun: most looks find nothing, and a transaction costs four times as much. */
const SOME_DUE = `SELECT FROM log.operations WHERE state = 'running' AND due_at <= $1 LIMIT 1`;

const ADVANCE = `UPDATE log.operations SET sent = sent + $2, position_at = coalesce($3, position_at), position_id = coalesce($4, position_id), state = $5,
    updated_at = $6, version = version + CASE WHEN $5 = 'running' THEN 0 ELSE 1 END, worked_at = clock_timestamp(), due_at = greatest(due_at, $6::timestamptz - interval '1 second') + $7 * interval '1 second'
  WHERE id = $1`;

const PAUSE = `UPDATE log.operations SET state = 'paused', reason = $2, reason_code = $4, updated_at = $3, version = version + 1 WHERE id = $1`;

const OUTCOMES = `SELECT ${outcomesOf('$1')}`;

export interface WorkPorts {
  readonly producer: Pick<BatchProducer, 'send' | 'sendJson'>;
  readonly writer: Pick<LogWriter, 'writeTimeline'>;
  readonly view: Pick<ConfigView, 'get' | 'all'>;
  readonly notices: Pick<Notices, 'tell'>;
  readonly shares: TenantShares;
}

const POSTPONE = `UPDATE log.operations SET due_at = $2::timestamptz + interval '10 seconds' WHERE id = $1`;

/**
 * Sends one batch of the operation whose turn it is. Returns how many were sent; null = no operation is due, or the tenant has used its share. The
 * position moves in the transaction that selected the batch. After a crash in between, the batch is sent again: dispatchers drop copies by delivery,
 * number and hop, and deliveries attempted meanwhile are not selected again. If an operation fails, the others still go on.
 */
export async function workOff(dataSource: DataSource, ports: WorkPorts, now: number): Promise<number | null> {
  const at = new Date(now).toISOString();
  let operation: Operation | undefined;
  try {
    if (!(await dataSource.query<unknown[]>(SOME_DUE, [at])).length) return null;
    return await dataSource.transaction(async (tx) => {
      // Nobody waits for this query, and a rare match among millions of rows may take long to find.
      await tx.query('SET LOCAL statement_timeout = 0');
      [operation] = await tx.query<Operation[]>(DUE, [at, ports.shares.spent(now)]);
      return operation ? await advance(tx, operation, ports, at) : null;
    });
  } catch (error) {
    if (operation) await dataSource.query(POSTPONE, [operation.id, at]);
    throw error;
  }
}

async function advance(tx: EntityManager, operation: Operation, { producer, writer, view, notices, shares }: WorkPorts, now: string): Promise<number> {
  const { id, kind, selection, requested_by: requester, created_at, position_at, position_id, per_second } = operation;
  const speechless = speaksNoMore(requester, view, Date.parse(now));
  if (speechless !== null) {
    await tx.query(PAUSE, [id, speechless.reason, now, speechless.code]);
    await audit(operation, { type: 'paused', version: operation.version + 1, at: Date.parse(now), actor: NUNCIO, data: { state: 'paused', reason: speechless.reason } }, { producer, view });
    return 0;
  }
  const limit = Math.min(MOST_AT_ONCE, Math.ceil(per_second / BATCHES_PER_SECOND));
  const after = position_at && position_id ? { at: position_at.toISOString(), id: position_id } : null;
  const found = await candidatesOf(kind, selection, requester, created_at.toISOString(), view).next(tx, after, limit);
  const going = await goingOf(kind, found, new MayGo(view));
  await sendAll(going, { asked: kind, requestedBy: requester.id, operation: id }, { producer, writer, view });
  shares.took(requester.tenant ?? '', going.length, Date.parse(now));
  const last = found.at(-1);
  const state = found.length < limit ? 'done' : 'running';
  await tx.query(ADVANCE, [id, going.length, last?.event_at.toISOString() ?? null, last?.position_id ?? null, state, now, going.length / per_second]);
  if (state === 'done') await finish(tx, { ...operation, sent: operation.sent + going.length }, { producer, view, notices }, Date.parse(now));
  return going.length;
}

/** Marks the operation as done. Results of the last batch are still to come, and count as `open`. */
async function finish(tx: EntityManager, operation: Operation, { producer, view, notices }: Omit<WorkPorts, 'writer' | 'shares'>, at: number): Promise<void> {
  const [row] = await tx.query<{ outcomes: Outcomes }[]>(OUTCOMES, [operation.id]);
  const outcome = outcomeOf(operation.sent, row?.outcomes ?? null);
  await audit(operation, { type: 'finished', version: operation.version + 1, at, actor: NUNCIO, data: { state: 'done', sent: operation.sent, outcome } }, { producer, view });
  await notices.tell([finished(operation, 'done', outcome, view, at)], tx);
}
