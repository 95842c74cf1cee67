import { Injectable } from '@nestjs/common';
import { InFlight } from '@nuncio/service';

/** Each holds some tens of payloads at a time. */
const AT_ONCE = 4;

/**
 * Of each tenant's requests that read many payloads for one answer, which are 1 MiB each at most: a filter that is tried, a forecast of what would be sent again.
 * Without a share one tenant's viewer keeps the others waiting for minutes, and takes the memory of the process.
 */
@Injectable()
export class PayloadReads extends InFlight {
  constructor() {
    super(AT_ONCE, 'requests that read payloads');
  }
}
