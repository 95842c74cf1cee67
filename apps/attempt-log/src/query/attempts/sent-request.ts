import { Fault, type Attempted } from '@nuncio/contracts';
import { REDACTED } from '@nuncio/sealing';
import type { DataSource } from 'typeorm';
import { bodyOf, messageOf, redactedIn, type StoredPayload } from './request-message.js';

interface SentRequest {
  readonly message: Buffer;
  /** Names of headers whose values are not stored. */
  readonly redacted: readonly string[];
  /** False = the log no longer keeps the event, so the body is unknown. */
  readonly hasBody: boolean;
}

/**
 * A request of an attempt, as it was sent. `which`: 1 or 2, if the receiver refused the first token and the request was repeated; by default the
 * last. Throws Fault `not-found` if there was no such request.
 */
export async function sentRequest(dataSource: DataSource, attempt: Attempted, which: 1 | 2 = attempt.requests === 2 ? 2 : 1): Promise<SentRequest> {
  const { requests, refused, httpVersion = '1.1' } = attempt;
  const isFirstOfTwo = requests === 2 && which === 1;
  const request = isFirstOfTwo ? refused?.request : attempt.request;
  if (which > Math.max(1, requests)) throw new Fault('not-found', 'This attempt made only one request.');
  if (!request || requests === 0) throw new Fault('not-found', isFirstOfTwo ? 'The first request of this attempt is not stored.' : 'This attempt made no request: it had no token.');
  if (httpVersion === null) throw new Fault('not-found', `This attempt made no request: there was no connection (${attempt.error?.detail ?? attempt.error?.class ?? 'unknown'}).`);
  const body = await storedBody(dataSource, attempt, String(request.headers['x-event-created-at'] ?? ''));
  return { message: messageOf(request, httpVersion, body), redacted: redactedIn(request, REDACTED), hasBody: body !== null };
}

/** null for attempts of former releases, which did not record their envelope. */
async function storedBody(dataSource: DataSource, attempt: Attempted, createdAt: string): Promise<Buffer | null> {
  const { event, eventAt, envelope } = attempt;
  if (envelope === undefined) return null;
  const [stored] = await dataSource.query<StoredPayload[]>('SELECT content_type, payload FROM log.events WHERE id = $1 AND event_at = $2', [event, new Date(eventAt)]);
  return stored ? bodyOf(attempt, envelope, createdAt, stored) : null;
}
