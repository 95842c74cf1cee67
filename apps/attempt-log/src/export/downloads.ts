import { finished } from 'node:stream/promises';
import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { InFlight, Turns, type IsStill } from '@nuncio/service';
import type { ShownAttempt } from '../query/attempts/attempt.js';
import type { Cursor, Paging } from '../query/filters/filter.js';
import type { Page } from '../query/select.js';
import { exportOf, type ExportFormat } from './export.js';

/** Downloads of one tenant at a time. Each keeps a page in memory for as long as its reader takes. */
const AT_ONCE = 4;

interface Wanted {
  readonly caller: Principal;
  readonly isStill: IsStill;
  readonly format: ExportFormat;
  readonly page: (paging: Paging) => Promise<Page<ShownAttempt>>;
  /** The position to begin at. */
  readonly cursor: Cursor | undefined;
}

/** The downloads under way. Each page takes a turn like any other request, and is read only while the caller's credentials are valid. */
@Injectable()
export class Downloads {
  readonly #inFlight = new InFlight(AT_ONCE, 'downloads');

  constructor(private readonly turns: Turns) {}

  /** Resolves when the first page has been read. Throws Fault `too-many-requests`. */
  begin({ caller, isStill, format, page, cursor }: Wanted): Promise<StreamableFile> {
    const inTurn = (paging: Paging): Promise<Page<ShownAttempt>> => this.turns.during(caller.tenant, () => page(paging));
    return new Promise((resolve, reject) => {
      // It is under way until its last byte is read, or the reader has hung up.
      const whole = async (): Promise<void> => {
        // The first page is read in the turn of the request itself.
        const file = await exportOf(format, { first: page, next: inTurn, isStill }, cursor);
        resolve(file);
        await finished(file.getStream()).catch(() => undefined);
      };
      this.#inFlight.count(caller, whole).catch(reject);
    });
  }
}
