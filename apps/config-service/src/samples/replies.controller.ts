import { Controller, Logger } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { replies } from '@nuncio/contracts';
import { OnBatch, readJson, type RecordBatch } from '@nuncio/kafka';
import { passedOver } from '../passed-over.js';
import { Replies } from './replies.js';

/** A consumer group of this process alone. It starts at the end of the topic. */
export const REPLIES = Symbol('replies');

@Controller()
export class RepliesController {
  readonly #logger = new Logger('Replies');

  constructor(private readonly waiting: Replies) {}

  @OnBatch(replies.name, REPLIES)
  on(@Payload() batch: RecordBatch): Promise<void> {
    for (const record of batch.records) {
      const read = readJson(replies, record);
      if (read.is === 'known') this.waiting.receive(read.value);
      else passedOver(this.#logger, record, read);
      record.done();
    }
    return Promise.resolve();
  }
}
