import { Controller, Get, HttpCode, HttpStatus, Inject, Param, Post, Query as QueryString, Res } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { Answers, AnswersIn, Caller, Operation, pageOf, Roles, valid } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { OneDelivery } from '../redelivery/one-delivery.js';
import { listQuery, type Query } from '../query/filters/filter.js';
import { deadLetterFilters, failedRecordId, FailedRecords, ofNoDelivery } from './failed-records.js';
import { sendBytes } from './send-bytes.js';
import { DeadLetter, showContent, showDeadLetter, WholeDeadLetter, type WholeStoredRecord } from './stored-record.js';

/** Dead letters as they are on their topic. A tenant sees its own as deliveries that are `failed` or `expired`. */
@Roles('admin', 'provider')
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(
    @Inject(FailedRecords) private readonly records: FailedRecords,
    @Inject(OneDelivery) private readonly deliveries: Pick<OneDelivery, 'resend'>,
  ) {}

  @Operation({ description: 'Dead letters as they are on their topic, newest first.' })
  @Get()
  @Answers(pageOf(DeadLetter))
  async list(@QueryString(valid(listQuery(deadLetterFilters))) query: Query<typeof deadLetterFilters>) {
    const { items, next } = await this.records.list('dead-letter', deadLetterFilters, query);
    return { items: items.map(showDeadLetter), next };
  }

  @Operation({ description: 'One dead letter, with its headers and the beginning of its value.' })
  @Get(':id')
  @Answers(WholeDeadLetter)
  async one(@Param('id', failedRecordId('dead-letter')) id: string) {
    return show(await this.records.find('dead-letter', id));
  }

  @Operation({ description: 'The payload of its event, byte for byte.' })
  @Get(':id/payload')
  @AnswersIn(['application/octet-stream'])
  async payload(@Param('id', failedRecordId('dead-letter')) id: string, @Res() reply: FastifyReply): Promise<void> {
    sendBytes(reply, await this.records.find('dead-letter', id));
  }

  @Operation({ description: 'Sends the delivery once more, like `POST /v1/deliveries/{id}/resend`.', errors: ['illegal-move'] })
  @Post(':id/republish')
  @Answers(WholeDeadLetter)
  @HttpCode(HttpStatus.ACCEPTED)
  async republish(@Caller() caller: Principal, @Param('id', failedRecordId('dead-letter')) id: string) {
    const stored = await this.records.find('dead-letter', id);
    if (stored.delivery === null) throw ofNoDelivery();
    await this.deliveries.resend(caller, stored.delivery);
    await this.records.mark(stored, caller);
    return show(await this.records.find('dead-letter', id));
  }
}

/** Whether a dead letter can be sent again depends on its delivery's present state, not on the record. */
const show = (stored: WholeStoredRecord) => ({
  ...showDeadLetter(stored),
  ...showContent(stored),
  republish: stored.delivery === null ? { to: null, refusal: ofNoDelivery().message } : { to: 'deliveries', refusal: null },
});
