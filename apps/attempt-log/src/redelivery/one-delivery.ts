import { Inject, Injectable } from '@nestjs/common';
import { Fault, type Principal } from '@nuncio/contracts';
import { BatchProducer, ConfigView } from '@nuncio/kafka';
import { DataSource } from 'typeorm';
import { LogWriter } from '../ingest/log-writer.js';
import { showDelivery, willCancel } from '../query/deliveries/delivery.js';
import { findDelivery } from '../query/deliveries/find-delivery.js';
import { reachOf } from '../query/reach.js';
import { selectOne } from '../query/select.js';
import type { StoredDelivery } from '../query/deliveries/stored-delivery.js';
import type { Sought } from './candidates.js';
import { ERRAND_COLUMNS, WITH_EVENT } from './errand-record.js';
import { MayGo, type Prevented } from './may-go.js';
import { sendAll, type Wish } from './way-out.js';

const isInWork = ({ status }: StoredDelivery): boolean => status === 'pending' || status === 'held';
const ASKED = `SELECT 1 FROM log.facts WHERE delivery = $1 AND event_at = $2 AND number = $3 AND fact = 'asked' AND at > $4 LIMIT 1`;

/**
 * Operations on a single delivery. Each resolves once Kafka has the request. Throws Fault `illegal-move`, which names what
 * can be done instead.
 */
@Injectable()
export class OneDelivery {
  readonly #may: MayGo;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(BatchProducer) readonly producer: BatchProducer,
    @Inject(ConfigView) readonly view: ConfigView,
    @Inject(LogWriter) readonly writer: LogWriter,
  ) {
    this.#may = new MayGo(view);
  }

  /** Sends the delivery once more, without retries. */
  async resend(caller: Principal, id: string) {
    const row = await findDelivery(this.dataSource, id, reachOf(caller));
    if (isInWork(row))
      throw illegal(`The delivery is ${row.status}: its next attempt comes by itself${when(row)}. POST /v1/deliveries/${id}/send-now brings it forward, …/cancel ends it.`);
    return this.#ask(caller, row, 'resend');
  }

  /** Makes the next attempt now. Its number and the retry schedule stay the same. */
  async sendNow(caller: Principal, id: string) {
    const row = await findDelivery(this.dataSource, id, reachOf(caller));
    if (row.status === 'parked') throw illegal(`The delivery is parked: it is sent once its subscription and its callback are active. POST /v1/deliveries/${id}/resend sends it now, without retries.`);
    if (!isInWork(row)) throw illegal(`The delivery is ${row.status}: no attempt is due. POST /v1/deliveries/${id}/resend sends it again.`);
    if (willCancel(row, this.view)) throw illegal('The attempt would be canceled, since the callback or the subscription is not active: activate it first.');
    const pausedUntil = this.#may.pausedUntil(row.subscription);
    if (pausedUntil) throw illegal(`The callback is paused until ${pausedUntil.toISOString()}, and nothing is sent before. To end the pause: PATCH /v1/callbacks/${row.callback} {"pausedUntil": null}.`);
    return this.#ask(caller, row, 'send-now');
  }

  /** Ends the delivery: the waiting attempt is never made. A request that is already on the wire is not aborted. */
  async cancel(caller: Principal, id: string) {
    const row = await findDelivery(this.dataSource, id, reachOf(caller));
    if (!isInWork(row) && row.status !== 'parked') throw illegal(`The delivery is ${row.status}: it has ended, so there is nothing to cancel.`);
    return this.#ask(caller, row, 'cancel');
  }

  async #ask(caller: Principal, row: StoredDelivery, wish: 'resend' | 'send-now' | 'cancel') {
    const sought = await this.#stored(row);
    const prevented = wish === 'cancel' ? null : this.#may.prevents(sought);
    if (prevented) throw new Fault('conflict', `It cannot be sent: ${WHY[prevented]}.`);
    const number = row.attempts + 1;
    const earlier = await this.dataSource.query<unknown[]>(ASKED, [row.id, row.event_at, number, row.updated_at]);
    const asked: Wish = { asked: wish, requestedBy: caller.id, operation: null };
    const at = new Date();
    await sendAll([sought], asked, this);
    const parks = wish !== 'cancel' && !this.#may.isOpen(row.subscription);
    return { ...showDelivery(row, this.view), asked: { for: wish, number, requestedBy: caller.id, at, repeated: earlier.length > 0, parks } };
  }

  async #stored({ id, event_at }: StoredDelivery): Promise<Sought & { payload: Buffer }> {
    const stored = await selectOne<Sought & { payload: Buffer }>(this.dataSource, {
      select: `d.id AS position_id, ${ERRAND_COLUMNS}`,
      from: `log.deliveries d ${WITH_EVENT}`,
      where: (bind) => [`d.id = ${bind(id)}`, `d.event_at = ${bind(event_at.toISOString())}::timestamptz`],
      orderBy: 'd.event_at',
    });
    if (!stored) throw new Fault('conflict', 'The payload of its event is no longer kept.');
    return stored;
  }
}

const illegal = (message: string): Fault => new Fault('illegal-move', message);
const when = ({ next_at }: StoredDelivery): string => (next_at ? ` at ${next_at.toISOString()}` : '');

const WHY: Readonly<Record<Prevented, string>> = {
  gone: 'its subscription was deleted; POST /v1/replays sends its event to another one',
  'unknown-type': 'its event type was deleted',
  'other-tenant': 'its event does not name the tenant of the subscription',
  'other-type': 'its subscription is no longer for this event type',
  'other-callback': 'the notice is for another callback',
  'needs-approval': 'its event type now requires approval, and "*" does not cover it',
  inactive: 'its subscription is not active',
  'tenant-suspended': 'its tenant is suspended',
  'awaits-approval': 'its subscription must be approved again first',
  'filtered-out': 'it does not pass the filter of its subscription',
};
