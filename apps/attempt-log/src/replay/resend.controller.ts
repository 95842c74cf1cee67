import { Controller, HttpCode, HttpStatus, Inject, Param, Post } from '@nestjs/common';
import { Fault, type Principal } from '@nuncio/contracts';
import { BatchProducer, ConfigView } from '@nuncio/kafka';
import { Answers, Caller, Roles } from '@nuncio/service';
import { DataSource } from 'typeorm';
import type { DeliveryStatus } from '../delivery-status.js';
import { showDelivery, ShownDelivery } from '../query/delivery.js';
import { findDelivery } from '../query/find-delivery.js';
import { reachOf } from '../query/reach.js';
import { idOf, selectOne } from '../query/select.js';
import { ERRAND_COLUMNS, sendErrand, WITH_EVENT, type StoredErrand } from './errand-record.js';

const IN_WORK: readonly DeliveryStatus[] = ['pending', 'held'];

@Controller('v1/deliveries')
export class ResendController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(BatchProducer) private readonly producer: BatchProducer,
    @Inject(ConfigView) private readonly view: ConfigView,
  ) {}

  /** Sends one delivery once more, without retries. 202 when Kafka has it; 409 while an attempt is still to come anyway. */
  @Post(':id/resend')
  @Answers(ShownDelivery)
  @HttpCode(HttpStatus.ACCEPTED)
  @Roles('admin', 'provider', 'consumer')
  async resend(@Caller() caller: Principal, @Param('id', idOf('delivery')) id: string) {
    const row = await findDelivery(this.dataSource, id, reachOf(caller, this.view));
    if (IN_WORK.includes(row.status))
      throw new Fault('illegal-move', `The delivery is ${row.status}: its next attempt comes by itself. It can be resent from any other status.`);
    const stored = await selectOne<StoredErrand>(this.dataSource, {
      select: ERRAND_COLUMNS,
      from: `log.deliveries d ${WITH_EVENT}`,
      where: (bind) => [`d.id = ${bind(id)}`, `d.event_at = ${bind(row.event_at.toISOString())}::timestamptz`],
      orderBy: 'd.event_at',
    });
    if (!stored) throw new Fault('conflict', 'The payload of its event is not kept any more.');
    const position = this.view.get('subscription', row.subscription)?.position ?? null;
    await sendErrand(this.producer, stored, { key: id, reason: 'resend', retriesUsed: null, position, requestedBy: caller.id });
    return showDelivery(row, this.view);
  }
}
