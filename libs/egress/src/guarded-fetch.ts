import type { Answer } from './answer.js';
import { OutboundError } from './outbound-error.js';
import type { OutboundRequest } from './outbound-request.js';

/** What a client library (oauth4webapi's `customFetch`) hands to fetch. */
export interface FetchOptions {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string | URLSearchParams | Uint8Array | null;
  readonly redirect?: 'manual';
  readonly signal?: AbortSignal;
}

/** Resolves with the answer whatever its status, a redirect included; rejects with an OutboundError, whose `errorClass` says why there is none. */
export type GuardedFetch = (url: string, options: FetchOptions) => Promise<Response>;

export function guardedFetch(send: (request: OutboundRequest) => Promise<Answer>, budgetMs: number, maxBytes: number): GuardedFetch {
  return async (url, { method, headers, body, signal }) => {
    const answer = await send({ url, method, headers, body: toBuffer(body), timeoutMs: budgetMs, maxResponseBytes: maxBytes, onOversize: 'fail', signal });
    if (!answer.ok) throw new OutboundError(answer.error.class, answer.error.detail);
    return toResponse(answer.status, answer.headers, answer.body);
  };
}

function toBuffer(body: FetchOptions['body']): Buffer | null {
  if (body === undefined || body === null) return null;
  return body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(String(body), 'utf8');
}

/** Fetch §2.2.3, "null body status": a Response of these may not be given even an empty body. */
const BODILESS = new Set([204, 205, 304]);

function toResponse(status: number, headers: Record<string, string | string[]>, body: Buffer): Response {
  try {
    const pairs = Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value]));
    return new Response(BODILESS.has(status) ? null : new Uint8Array(body), { status, headers: pairs });
  } catch (error) {
    // A status above 599 is HTTP's to send (RFC 9110 §15) and not fetch's to receive.
    throw new OutboundError('invalid_response', 'the answer is not one that fetch can return', error);
  }
}
