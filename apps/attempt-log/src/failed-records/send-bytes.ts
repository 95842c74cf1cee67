import { Fault } from '@nuncio/contracts';
import type { FastifyReply } from 'fastify';
import { asDownload } from '../query/download.js';
import type { WholeStoredRecord } from './stored-record.js';

/** Answers with the bytes of a record. Throws Fault `not-found` if there are none. */
export function sendBytes(reply: FastifyReply, { kind, id, value }: Pick<WholeStoredRecord, 'kind' | 'id' | 'value'>): void {
  if (value === null) throw new Fault('not-found', 'The record has no value, or its event is no longer kept.');
  // Not awaited: the request's turn is over before its reader has taken it.
  void asDownload(reply, 'application/octet-stream', `${kind}-${id}`).send(value);
}
