import { Fault } from '@nuncio/contracts';
import type { FastifyReply } from 'fastify';
import type { WholeStoredGrave } from './stored-grave.js';

/** Bytes of a stranger, so that no browser may take them for a page of ours. Throws Fault `not-found` where there are none. */
export async function sendBytes(reply: FastifyReply, { kind, id, value }: Pick<WholeStoredGrave, 'kind' | 'id' | 'value'>): Promise<void> {
  if (value === null) throw new Fault('not-found', 'It has no value, or its event is not kept any more.');
  await reply
    .type('application/octet-stream')
    .header('content-disposition', `attachment; filename="${kind}-${id}"`)
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', 'sandbox')
    .send(value);
}
