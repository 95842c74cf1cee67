import { Injectable } from '@nestjs/common';
import { InFlight } from '@nuncio/service';

/** Each such request holds some tens of payloads at a time. */
const AT_ONCE = 4;

/**
 * Limits each tenant's requests that read many payloads (1 MiB each at most): trials of a filter, forecasts of an operation. Without it one tenant
 * could delay the others for minutes, and exhaust the process's memory.
 */
@Injectable()
export class PayloadReads extends InFlight {
  constructor() {
    super(AT_ONCE, 'requests that read payloads');
  }
}
