import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';

/**
 * Sets `ETag` (RFC 9110 §8.8.3) on every JSON answer to a GET: the resource's version, or else a weak hash. Answers 304 without a body to
 * `If-None-Match` (§13.1.2). Sets `Location` (§10.2.2) for a created resource.
 */
export function tellValidators(server: FastifyInstance): void {
  server.addHook('preSerialization', (request, reply, payload, done) => {
    const { version, id } = (payload ?? {}) as { version?: unknown; id?: unknown };
    if (typeof version === 'number') void reply.header('etag', `"${version}"`);
    if (reply.statusCode === 201 && typeof id === 'string') void reply.header('location', `${collectionOf(request)}/${encodeURIComponent(id)}`);
    done(null, payload);
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (!isReading || reply.statusCode !== 200) {
      done(null, payload);
      return;
    }
    if (typeof payload === 'string' && !reply.hasHeader('etag') && isJson(reply)) void reply.header('etag', `W/"${hash('sha256', payload, 'base64url').slice(0, 22)}"`);
    const isKnown = matches(request.headers['if-none-match'], reply.getHeader('etag'));
    if (isKnown) {
      void reply.status(304).removeHeader('content-type').removeHeader('content-length');
    }
    if (!isKnown && request.method !== 'HEAD') {
      done(null, payload);
      return;
    }
    // Without a reader, a live stream would never end.
    const isStream = payload instanceof Readable;
    if (isStream) payload.on('error', () => undefined).destroy();
    if (isKnown) done(null, null);
    else done(null, isStream ? Readable.from([]) : payload);
  });
}

/** The path of the collection in which a POST or PUT has created a resource. */
function collectionOf({ url, method }: { url: string; method: string }): string {
  const path = url.split('?', 1)[0] ?? '';
  return method === 'PUT' ? path.slice(0, path.lastIndexOf('/')) : path;
}

const isJson = (reply: FastifyReply): boolean => String(reply.getHeader('content-type')).startsWith('application/json');

/** Weak comparison: `W/` is ignored. */
const matches = (header: string | undefined, etag: unknown): boolean => {
  if (header === undefined || typeof etag !== 'string') return false;
  if (header.trim() === '*') return true;
  const opaque = etag.replace(/^W\//, '');
  return Array.from(header.matchAll(/(?:W\/)?("[^"]*")/g), ([, tag]) => tag).includes(opaque);
};
