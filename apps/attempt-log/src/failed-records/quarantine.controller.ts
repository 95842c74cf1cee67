import { Body, Controller, Get, HttpCode, HttpStatus, Inject, Param, Post, Query as QueryString, Res } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { Answers, AnswersIn, Caller, Operation, pageOf, Roles, valid } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import { listQuery, type Query } from '../query/filters/filter.js';
import { failedRecordId, FailedRecords, quarantineFilters } from './failed-records.js';
import { Mend } from './mended.js';
import { sendBytes } from './send-bytes.js';
import { QuarantinedRecord, showContent, showQuarantined, WholeQuarantinedRecord, type WholeStoredRecord } from './stored-record.js';

/** Records that could not be read. They belong to no tenant, so only operators see them. */
@Roles('admin', 'provider')
@Controller('v1/quarantine')
export class QuarantineController {
  constructor(@Inject(FailedRecords) private readonly records: FailedRecords) {}

  @Operation({ description: 'Records that could not be read, newest first.' })
  @Get()
  @Answers(pageOf(QuarantinedRecord))
  async list(@QueryString(valid(listQuery(quarantineFilters))) query: Query<typeof quarantineFilters>) {
    const { items, next } = await this.records.list('quarantine', quarantineFilters, query);
    return { items: items.map(showQuarantined), next };
  }

  @Operation({ id: 'getQuarantinedRecord', description: 'One record that could not be read, with its headers and the beginning of its value.' })
  @Get(':id')
  @Answers(WholeQuarantinedRecord)
  async one(@Param('id', failedRecordId('quarantine')) id: string) {
    return this.#show(await this.records.find('quarantine', id));
  }

  @Operation({ id: 'getQuarantinedPayload', description: "The record's value, byte for byte; cut off if it was too large for quarantine." })
  @Get(':id/payload')
  @AnswersIn(['application/octet-stream'])
  async payload(@Param('id', failedRecordId('quarantine')) id: string, @Res() reply: FastifyReply): Promise<void> {
    sendBytes(reply, await this.records.find('quarantine', id));
  }

  @Operation({ id: 'republishQuarantined', description: 'Publishes the record again to the topic that it came from, changed as the body says. 202 once Kafka has it. It is not dropped as a second copy of the original.', errors: ['illegal-move'], example: { headers: { ce_type: 'invoice.paid' } } })
  @Post(':id/republish')
  @Answers(WholeQuarantinedRecord)
  @HttpCode(HttpStatus.ACCEPTED)
  async republish(@Caller() caller: Principal, @Param('id', failedRecordId('quarantine')) id: string, @Body(valid(Mend)) mend: Mend) {
    return this.#show(await this.records.republish(id, mend, caller));
  }

  #show(stored: WholeStoredRecord) {
    return { ...showQuarantined(stored), ...showContent(stored), republish: this.records.wayOf(stored) };
  }
}
