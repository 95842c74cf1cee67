import { envelop, type Attempted, type Envelope } from '@nuncio/contracts';

type Request = NonNullable<Attempted['request']>;

/** The columns of the event's row that the body is made of. */
export interface StoredPayload {
  readonly content_type: string | null;
  readonly payload: Buffer;
}

/** The body as it was sent. `createdAt`: the time in the request. */
export const bodyOf = ({ event, eventType }: Pick<Attempted, 'event' | 'eventType'>, envelope: Envelope, createdAt: string, { content_type, payload }: StoredPayload): Buffer =>
  envelop(envelope, { id: event, type: eventType, payload, contentType: content_type, attributes: {} }, createdAt).body;

/**
 * A request as it was sent (`message/http`, RFC 9112 §10.1), with redacted values. A request sent over HTTP/2 is written in the same format, with
 * `:authority` as `host`. `body` null = the log does not keep it; then there is no content-length.
 */
export function messageOf({ method, url, headers, spelling = [] }: Request, httpVersion: '1.1' | '2.0', body: Buffer | null): Buffer {
  const { host, pathname, search } = new URL(url);
  const spelled = httpVersion === '1.1' ? new Map(spelling.map((name) => [name.toLowerCase(), name])) : new Map<string, string>();
  const lines = [`${method} ${pathname}${search} HTTP/${httpVersion}`, `host: ${host}`];
  if (httpVersion === '1.1') lines.push('connection: keep-alive');
  for (const name in headers) lines.push(...[headers[name] ?? ''].flat().map((value) => `${spelled.get(name) ?? name}: ${value}`));
  if (body) lines.push(`content-length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)]);
}

/** Names of headers whose values are not stored. */
export const redactedIn = ({ headers }: Request, redacted: string): string[] => Object.keys(headers).filter((name) => headers[name] === redacted);
