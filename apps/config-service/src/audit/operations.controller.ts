import { Controller, Logger } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { operationEvents, type OperationEvent } from '@nuncio/contracts';
import { OnBatch, readJson, type RecordBatch } from '@nuncio/kafka';
import { DataSource } from 'typeorm';
import { passedOver } from '../passed-over.js';
import { SIGNALS } from '../signals/signals.controller.js';

const INSERT = `insert into config.operation_events (position, id, version, type, at, actor, tenant, groups, data)
  select position, $1, $2, $3, $4, $5, $6, $7, $8 from config.head on conflict (id, version, type) do nothing`;

/** Stores changes of the log's bulk operations for the audit. */
@Controller()
export class OperationsController {
  readonly #logger = new Logger('Audit');

  constructor(private readonly database: DataSource) {}

  @OnBatch(operationEvents.name, SIGNALS)
  async on(@Payload() batch: RecordBatch): Promise<void> {
    for (const record of batch.records) {
      if (batch.signal.aborted) return;
      const read = readJson(operationEvents, record);
      if (read.is === 'known') await this.#keep(read.value);
      else passedOver(this.#logger, record, read);
      record.done();
    }
  }

  async #keep({ operation, version, type, at, actor, tenant, groups, data }: OperationEvent): Promise<void> {
    await this.database.query(INSERT, [operation, version, type, new Date(at).toISOString(), actor, tenant, groups, JSON.stringify(data)]);
  }
}
