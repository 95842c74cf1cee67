import { text } from '../api/client.js';
import { bodyOf } from './message.js';

/** The body of an attempt's request as it was sent and signed, in its envelope. */
export const bodySent = async (attempt: string): Promise<string> => bodyOf(await text(`/v1/attempts/${attempt}/request`));
