import { Controller, Logger } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { replies, type Reply } from '@nuncio/contracts';
import { OnBatch, type RecordBatch } from '@nuncio/kafka';
import { readRecord } from '../record.js';
import { Replies } from './replies.js';

/** The group of this one process: it reads what is written from now on. */
export const REPLIES = Symbol('replies');

@Controller()
export class RepliesController {
  readonly #logger = new Logger('Replies');

  constructor(private readonly waiting: Replies) {}

  @OnBatch(replies.name, REPLIES)
  on(@Payload() batch: RecordBatch): Promise<void> {
    for (const record of batch.records) {
      const reply = readRecord<Reply>(replies, record, this.#logger);
      if (reply) this.waiting.receive(reply);
      record.done();
    }
    return Promise.resolve();
  }
}
