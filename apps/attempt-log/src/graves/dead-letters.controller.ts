import { Controller, Get, HttpCode, HttpStatus, Inject, Param, Post, Query as QueryString, Res } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { Answers, AnswersIn, Caller, Operation, pageOf, Roles, valid } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { OneDelivery } from '../bring-back/one-delivery.js';
import { listQuery, type Query } from '../query/filters/filter.js';
import { deadLetterFilters, graveId, Graves, ofNoDelivery } from './graves.js';
import { sendBytes } from './send-bytes.js';
import { DeadLetter, showContent, showDeadLetter, WholeDeadLetter, type WholeStoredGrave } from './stored-grave.js';

/** Dead letters as they are on their topic. A tenant sees its own as deliveries that are `failed` or `expired`. */
@Roles('admin', 'provider')
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(
    @Inject(Graves) private readonly graves: Graves,
    @Inject(OneDelivery) private readonly deliveries: Pick<OneDelivery, 'resend'>,
  ) {}

  @Operation({ description: 'Dead letters as they are on their topic, newest first.' })
  @Get()
  @Answers(pageOf(DeadLetter))
  async list(@QueryString(valid(listQuery(deadLetterFilters))) query: Query<typeof deadLetterFilters>) {
    const { items, next } = await this.graves.list('dead-letter', deadLetterFilters, query);
    return { items: items.map(showDeadLetter), next };
  }

  @Operation({ description: 'One dead letter, with its headers and the beginning of its value.' })
  @Get(':id')
  @Answers(WholeDeadLetter)
  async one(@Param('id', graveId('dead-letter')) id: string) {
    return show(await this.graves.find('dead-letter', id));
  }

  @Operation({ description: 'The payload of its event, byte for byte.' })
  @Get(':id/payload')
  @AnswersIn(['application/octet-stream'])
  async payload(@Param('id', graveId('dead-letter')) id: string, @Res() reply: FastifyReply): Promise<void> {
    sendBytes(reply, await this.graves.find('dead-letter', id));
  }

  @Operation({ description: 'Sends the delivery once more, like `POST /v1/deliveries/{id}/resend`.', errors: ['illegal-move'] })
  @Post(':id/republish')
  @Answers(WholeDeadLetter)
  @HttpCode(HttpStatus.ACCEPTED)
  async republish(@Caller() caller: Principal, @Param('id', graveId('dead-letter')) id: string) {
    const grave = await this.graves.find('dead-letter', id);
    if (grave.delivery === null) throw ofNoDelivery();
    await this.deliveries.resend(caller, grave.delivery);
    await this.graves.mark(grave, caller);
    return show(await this.graves.find('dead-letter', id));
  }
}

/** Whether a dead letter can be sent again depends on its delivery's present state, not on the record. */
const show = (grave: WholeStoredGrave) => ({
  ...showDeadLetter(grave),
  ...showContent(grave),
  republish: grave.delivery === null ? { to: null, refusal: ofNoDelivery().message } : { to: 'deliveries', refusal: null },
});
