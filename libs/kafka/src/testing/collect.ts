import type { BatchHandler } from '../consuming/record-batch.js';

/** Handles records at once: adds their values to `values`. */
export const collect =
  (values: string[]): BatchHandler =>
  ({ records }) => {
    for (const record of records) {
      values.push(String(record.value));
      record.done();
    }
    return Promise.resolve();
  };
