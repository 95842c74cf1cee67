import type { IncomingHttpHeaders } from 'node:http';
import { endToEnd } from '../listeners/end-to-end.js';
import type { HeaderLines } from '../listeners/listener.js';

/** The headers to pass on to a service or another gateway: without those of the caller's connection, some of which undici refuses. */
export const passedOn = (headers: IncomingHttpHeaders): IncomingHttpHeaders => Object.fromEntries(endToEnd(Object.entries(headers) as unknown as HeaderLines));
