import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';
import type { IsStill } from '@nuncio/service';
import type { ShownAttempt } from '../query/attempts/attempt.js';
import { decodeCursor, type Cursor, type Paging } from '../query/filters/filter.js';
import type { Page } from '../query/select.js';
import { csvHeader, csvRow } from './csv.js';

/** An attempt may have 16 KiB of response body, a third more in base64. */
const ROWS_AT_ONCE = 100;

export type ExportFormat = 'csv' | 'ndjson';

const FORMATS = {
  csv: { type: 'text/csv; charset=utf-8; header=present', header: csvHeader, row: csvRow },
  ndjson: { type: 'application/x-ndjson', header: '', row: (attempt: ShownAttempt) => `${JSON.stringify(attempt)}\n` },
} as const;

interface Pages {
  readonly first: (paging: Paging) => Promise<Page<ShownAttempt>>;
  /** Each one after it. */
  readonly next: (paging: Paging) => Promise<Page<ShownAttempt>>;
  /** Asked before each of these: if the caller is not the same any more, the file breaks off, so that nobody takes it for whole. */
  readonly isStill: IsStill;
}

/**
 * All pages as one file, newest first. One page is in memory at a time: the next is queried when the client has taken this one. The first is queried
 * at once, so that a failure still becomes an answer with a status.
 */
export async function exportOf(format: ExportFormat, { first, next, isStill }: Pages, cursor: Cursor | undefined): Promise<StreamableFile> {
  const begun = await first({ limit: ROWS_AT_ONCE, cursor });
  const { type, header, row } = FORMATS[format];
  async function* lines(): AsyncGenerator<string> {
    if (header) yield header;
    for (let current = begun; ; current = await next({ limit: ROWS_AT_ONCE, cursor: decodeCursor(current.next) })) {
      // A search for rare rows goes in steps, and a step may find nothing.
      if (current.items.length) yield current.items.map(row).join('');
      if (current.next === null) return;
      if (!(await isStill())) throw new Fault('unauthenticated', 'The credentials of this download are not valid any more.');
    }
  }
  return new StreamableFile(Readable.from(lines(), { objectMode: false }), { type, disposition: `attachment; filename="attempts.${format}"` });
}
