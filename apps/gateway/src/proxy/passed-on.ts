import type { IncomingHttpHeaders } from 'node:http';
import { endToEnd } from '../listeners/end-to-end.js';
import type { HeaderLines } from '../listeners/listener.js';

/** The headers of a request as another service gets them, or another gateway: those of the caller's connection say nothing about that to the service, and undici refuses some of them. */
export const passedOn = (headers: IncomingHttpHeaders): IncomingHttpHeaders => Object.fromEntries(endToEnd(Object.entries(headers) as unknown as HeaderLines));
