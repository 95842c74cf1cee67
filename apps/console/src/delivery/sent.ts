import { text } from '../api/client.js';
import { bodyOf } from './message.js';

/** The body of an attempt's request, in its envelope, as it was sent: what is signed. */
export const bodySent = async (attempt: string): Promise<string> => bodyOf(await text(`/v1/attempts/${attempt}/request`));
