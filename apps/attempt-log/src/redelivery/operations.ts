import { Inject, Injectable } from '@nestjs/common';
import { Fault, isOfNoTenant, newId, reachesWholeTenant, type OperationEvent, type Principal } from '@nuncio/contracts';
import { BatchProducer, ConfigView } from '@nuncio/kafka';
import { somethingIsDone } from '@nuncio/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { PayloadReads } from '../query/events/payload-reads.js';
import { conditions, type Given, type Paging } from '../query/filters/filter.js';
import { notFound, selectOne, selectPage, type Page } from '../query/select.js';
import { finished } from '../notices/finished.js';
import { Notices } from '../notices/notices.js';
import { candidatesOf } from './candidates-of.js';
import { forecast, type Forecast } from './going.js';
import { MayGo } from './may-go.js';
import { audit } from './operation-event.js';
import { operationFilters, OPERATION_COLUMNS, outcomeOf, type Operation, type Outcomes, type OperationKind, type OperationState, type Requester } from './operation.js';
import { speaksNoMore } from './requester.js';
import type { Selection, Supposed } from './selection.js';
import { supposing } from './supposing.js';
import type { Bind } from '../query/statement.js';

/** Deliveries a second if the callback has no rate limit. */
const DEFAULT_PER_SECOND = 50;

const INSERT = `INSERT INTO log.operations (id, kind, state, requested_by, callback, selection, per_second, total, created_at, updated_at, due_at)
  VALUES ($1, $2, 'running', $3, $4, $5, $6, $7, $8, $9, $9)`;

/** $5: the requester, with `resumedBy` if the former requester has lost their permission; null = unchanged. */
const MOVE = `UPDATE log.operations SET state = $2, updated_at = $3, due_at = greatest(due_at, $3), reason = NULL, reason_code = NULL, version = version + 1, requested_by = coalesce($5::jsonb, requested_by)
  WHERE id = $1 AND state = ANY($4::text[]) RETURNING version, sent`;

/**
 * A person's running operations follow their latest token. If it still has the role and groups that the operation was begun with, they may go on
 * until it ends; if it has less, they stop. $1: the person; $2: tenant; $3: role; $4: groups; $5: end of the token, epoch milliseconds.
 */
const HEARD = `UPDATE log.operations SET requested_by = jsonb_set(requested_by, CASE WHEN requested_by ? 'resumedBy' THEN '{resumedBy,until}' ELSE '{until}' END::text[],
    to_jsonb(CASE WHEN spoken ->> 'role' = $3 AND spoken -> 'groups' <@ $4::jsonb THEN greatest((spoken ->> 'until')::bigint, $5::bigint) ELSE 0 END))
  FROM (SELECT id AS of, coalesce(requested_by -> 'resumedBy', requested_by) AS spoken FROM log.operations WHERE state = 'running') speaking
  WHERE id = of AND state = 'running' AND spoken ->> 'id' = $1 AND spoken ->> 'tenant' IS NOT DISTINCT FROM $2 AND spoken ? 'until'`;

/** The states from which each move is allowed, and the state that it leads to. */
const MOVES = {
  pause: { to: 'paused', from: ['running'], type: 'paused' },
  resume: { to: 'running', from: ['paused'], type: 'resumed' },
  cancel: { to: 'canceled', from: ['running', 'paused'], type: 'canceled' },
} as const satisfies Record<string, { to: OperationState; from: OperationState[]; type: OperationEvent['type'] }>;
export const OperationMove = z.enum(Object.keys(MOVES) as (keyof typeof MOVES)[]);
export type OperationMove = z.infer<typeof OperationMove>;

/** An operation with its results so far. */
type Shown = Operation & { readonly outcomes: Outcomes };

export interface Wanted {
  readonly kind: OperationKind;
  readonly selection: Selection;
  readonly caller: Principal;
  /** The callback, if the operation is limited to one. */
  readonly callback: string | null;
  readonly perSecond?: number | undefined;
  readonly dryRun: boolean;
  /** Only for a dry run over events. */
  readonly suppose?: Supposed | undefined;
}

/** What an operation would do, or does. */
export interface Begun extends Forecast {
  readonly perSecond: number;
  /** Absent in a dry run. */
  readonly operation?: string;
}

@Injectable()
export class Operations {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ConfigView) readonly view: ConfigView,
    @Inject(Notices) private readonly notices: Pick<Notices, 'tell'>,
    @Inject(BatchProducer) readonly producer: Pick<BatchProducer, 'sendJson'>,
    @Inject(PayloadReads) private readonly reads: PayloadReads,
  ) {}

  #onRunning: () => void = () => undefined;

  /** The listener is called whenever an operation begins or resumes here. */
  onRunning(listener: () => void): void {
    this.#onRunning = listener;
  }

  /** Counts what would be sent. Begins to send it unless this is a dry run. */
  async begin({ kind, selection, caller, callback, perSecond, dryRun, suppose }: Wanted): Promise<Begun> {
    const now = new Date().toISOString();
    const view = suppose && selection.of === 'events' ? supposing(this.view, selection.subscription, suppose) : this.view;
    const found = await this.reads.count(caller, () => forecast(this.dataSource, kind, candidatesOf(kind, selection, caller, now, view), new MayGo(view)));
    const rate = perSecond ?? this.#halfOfLimit(callback);
    if (dryRun) return { ...found, perSecond: rate };
    const id = newId('op');
    await this.dataSource.transaction(async (tx) => {
      await tx.query(INSERT, [id, kind, JSON.stringify(caller), callback, JSON.stringify(selection), rate, found.count, now, new Date().toISOString()]);
      await somethingIsDone(tx);
      const data = { state: 'running', kind, selection, callback, perSecond: rate, count: found.count };
      await audit({ id, callback, requested_by: caller }, { type: 'begun', version: 1, at: Date.parse(now), actor: caller.id, data }, this);
    });
    this.#onRunning();
    return { ...found, perSecond: rate, operation: id };
  }

  #halfOfLimit(callback: string | null): number {
    const limit = callback === null ? null : (this.view.get('callback', callback)?.state.limits.perSecond ?? null);
    return limit === null ? DEFAULT_PER_SECOND : limit / 2;
  }

  /** Throws Fault `not-found`. */
  async find(id: string, caller: Principal): Promise<Shown> {
    await this.#hear(caller);
    const found = await selectOne<Shown>(this.dataSource, {
      select: OPERATION_COLUMNS,
      from: 'log.operations',
      where: (bind) => [`id = ${bind(id)}`, ...seenBy(caller, bind)],
      orderBy: 'id',
    });
    if (!found) throw notFound('operation');
    return found;
  }

  async list(caller: Principal, { limit, cursor, ...filters }: Paging & Given<typeof operationFilters>): Promise<Page<Shown>> {
    await this.#hear(caller);
    const where = (bind: Bind): string[] => [...seenBy(caller, bind), ...conditions(operationFilters, filters, bind)];
    return selectPage<Shown>(this.dataSource, { select: OPERATION_COLUMNS, from: 'log.operations', at: 'created_at', where }, { limit, cursor });
  }

  /** Throws Fault `illegal-move` if the present state does not allow the move. */
  async move(id: string, move: OperationMove, caller: Principal): Promise<Shown> {
    const { to, from, type } = MOVES[move];
    const before = await this.find(id, caller);
    const takenOver = move === 'resume' && speaksNoMore(before.requested_by, this.view, Date.now()) ? JSON.stringify({ ...before.requested_by, resumedBy: caller } satisfies Requester) : null;
    const moved = await this.dataSource.transaction(async (tx) => {
      const at = new Date();
      const [[now]] = await tx.query<[Pick<Operation, 'version' | 'sent'>[], number]>(MOVE, [id, to, at.toISOString(), from, takenOver]);
      if (!now) return false;
      const outcome = outcomeOf(now.sent, before.outcomes);
      await audit(before, { type, version: now.version, at: at.getTime(), actor: caller.id, data: { state: to, sent: now.sent, outcome } }, this);
      if (to === 'canceled') await this.notices.tell([finished({ ...before, ...now }, to, outcome, this.view, at.getTime())], tx);
      return true;
    });
    if (!moved) throw new Fault('illegal-move', `The operation is ${before.state}; ${move} is possible while it is ${from.join(' or ')}.`);
    if (to === 'running') this.#onRunning();
    return this.find(id, caller);
  }

  /** A person who looks at their operations with a new token extends the time for which these may run. */
  async #hear({ id, tenant, role, groups, until }: Principal): Promise<void> {
    if (until !== undefined) await this.dataSource.query(HEARD, [id, tenant, role, JSON.stringify(groups), until]);
  }
}

/**
 * Who may see an operation may also pause, resume and cancel it. That is whoever reaches everything it is about: for one callback, whoever may manage
 * it; for several, whoever has all groups of the requester; and always the requester, and callers who reach the whole tenant.
 */
function seenBy({ id, role, tenant, groups }: Principal, bind: Bind): string[] {
  if (isOfNoTenant(role)) return [];
  const isOfTenant = `requested_by ->> 'tenant' = ${bind(tenant)}`;
  if (reachesWholeTenant(role)) return [isOfTenant];
  const own = bind(groups);
  return [
    isOfTenant,
    `(requested_by ->> 'id' = ${bind(id)}
      OR callback IS NOT NULL AND (SELECT o.groups = '{}' OR o.groups && ${own}::text[] FROM log.owners o WHERE o.kind = 'callback' AND o.id = operations.callback)
      OR callback IS NULL AND requested_by ->> 'role' = 'consumer' AND requested_by -> 'groups' <@ to_jsonb(${own}::text[]))`,
  ];
}
