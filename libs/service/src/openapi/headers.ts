import type { Json } from './tidy.js';

const header = (name: string, schema: Json, description: string): Json => ({ name, in: 'header', required: false, schema, description });

/** Request headers that follow from a route's declaration. */
export const IDEMPOTENCY_KEY = header('Idempotency-Key', { type: 'string', pattern: '^[!-~]{1,255}$', examples: ['order-4711'] }, 'A repeated request with the same key and body within 24 hours gets the first answer again, without its secrets.');
export const IF_MATCH = header('If-Match', { type: 'string', examples: ['"3"'] }, 'The ETag of the version that was read. If the version has changed since, nothing is changed, and the answer is 412.');
export const IF_NONE_MATCH = header('If-None-Match', { type: 'string', examples: ['"3"'] }, 'The ETag of the version that the client has. If it is still current, the answer is 304 without a body.');

/** Request headers that a handler reads by name, in lower case. */
export const HEADERS: Readonly<Record<string, Json>> = {
  'last-event-id': header('Last-Event-ID', { type: 'string' }, 'The id of the last event that was read. The stream continues after it. Browsers send it by themselves.'),
};

/** Response headers, as components. */
export const ANSWER_HEADERS: Json = {
  RequestId: { description: 'The id of the request in the log: the X-Request-Id that was sent, or a new one.', schema: { type: 'string', examples: ['8f4d2c0b9a7e4f51'] } },
  ETag: { description: 'The version of the resource, for If-Match and If-None-Match.', schema: { type: 'string', examples: ['"3"'] } },
  Location: { description: 'The path of the created resource.', schema: { type: 'string', examples: ['/v1/callbacks/cb_019b5f3a2c80d41d8cd98f00b204e980'] } },
  RetryAfter: { description: 'Seconds after which to try again.', schema: { type: 'integer', format: 'int32', minimum: 0, examples: [2] } },
};

const refTo = (name: string): Json => ({ $ref: `#/components/headers/${name}` });

/** The headers of an answer with this status. */
export const answerHeaders = (status: number | 'default', method: string, isJson: boolean): Json => ({
  'X-Request-Id': refTo('RequestId'),
  ...(status === 304 || (isJson && (method === 'get' || status === 201)) ? { ETag: refTo('ETag') } : {}),
  ...(status === 201 ? { Location: refTo('Location') } : {}),
  ...(status === 429 || status === 503 ? { 'Retry-After': refTo('RetryAfter') } : {}),
});
