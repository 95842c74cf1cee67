import { Logger } from '@nestjs/common';
import type { InboundRecord } from '@nuncio/kafka';

const logger = new Logger('Intake');

/** Finishes a record with its work; `false` = the work was abandoned. What fails here is a fault of ours that no repetition mends: it is left to the next owner, and said aloud. */
export function settle(record: InboundRecord, work: Promise<unknown>): void {
  work.then(
    (done) => {
      if (done === false) record.abandon();
      else record.done();
    },
    (error: unknown) => {
      logger.error(
        `${record.topic}-${record.partition} at ${record.offset} is not finished: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      record.abandon();
    },
  );
}
