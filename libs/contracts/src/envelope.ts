import { isUtf8 } from 'node:buffer';
import type { Envelope } from './aggregates/callback.js';
import type { NuncioEvent } from './event.js';
import { TRACE_ATTRIBUTES } from './trace-context.js';

const DEFAULT_CONTENT_TYPE = 'application/json; charset=utf-8';
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

export interface Enveloped {
  readonly body: Buffer;
  readonly headers: Record<string, string> & { readonly 'content-type': string };
}

/** Headers of every delivery that describe its event, whatever the envelope. A callback's own headers must have other names. */
export const DESCRIBING_HEADERS: ReadonlySet<string> = new Set(['x-event-created-at', 'x-event-type']);

type Enveloping = Pick<NuncioEvent, 'id' | 'type' | 'payload' | 'contentType' | 'attributes'>;

/** The event as it is sent. Its bytes are embedded or passed on, never parsed and serialized again. `createdAt` in RFC 3339. */
export function envelop(envelope: Envelope, event: Enveloping, createdAt: string): Enveloped {
  const contentType = event.contentType ?? DEFAULT_CONTENT_TYPE;
  switch (envelope) {
    case 'raw':
      return { body: event.payload, headers: { 'content-type': contentType } };
    case 'json-api':
      return { body: jsonApi(event, createdAt), headers: { 'content-type': JSON_TYPE.test(contentType) ? contentType : DEFAULT_CONTENT_TYPE } };
    case 'cloudevents':
      return { body: event.payload, headers: { 'content-type': contentType, ...binaryMode(event) } };
  }
}

/** Persona's envelope. A payload that is no JSON is a base64 string, and marked as such. */
function jsonApi({ id, type, payload }: Enveloping, createdAt: string): Buffer {
  const isJson = isUtf8(payload) && parses(payload);
  const head = `{"data":{"type":"event","id":${JSON.stringify(id)},"attributes":{"name":${JSON.stringify(type)},"payload":`;
  const tail = `,"created-at":${JSON.stringify(createdAt)}}}}`;
  if (!isJson) return Buffer.from(`${head}"${payload.toString('base64')}","payload-encoding":"base64"${tail}`);
  return Buffer.concat([Buffer.from(head), payload, Buffer.from(tail)]);
}

function parses(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}

/**
 * CloudEvents 1.0.2, HTTP protocol binding, binary content mode: one `ce-` header per attribute, percent-encoded (§3.1.3.2). The publisher's trace
 * attributes are left out.
 */
const binaryMode = ({ attributes }: Enveloping): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => !TRACE_ATTRIBUTES.has(name))
      .map(([name, value]) => [`ce-${name}`, value.replace(/[^\x21\x23\x24\x26-\x7e]/gu, encodeURIComponent)]),
  );
