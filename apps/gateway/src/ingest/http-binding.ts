import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import {
  essenceOf,
  Fault,
  invalidFields,
  jsonParts,
  jsonText,
  PUBLISHER_HEADER,
  readEvent,
  STRUCTURED,
  toPointer,
  TRACEPARENT,
  type FaultDetail,
  type NuncioEvent,
  type RecordHeaders,
  type Unreadable,
} from '@nuncio/contracts';

/** An event of a request. `pointer`: its place in the body, which is its index in a batch, else empty. */
export interface Published {
  readonly pointer: string;
  readonly event: NuncioEvent | Unreadable;
}

interface Request {
  readonly batch: boolean;
  readonly events: readonly Published[];
}

/** The caller who publishes. */
export interface Publisher {
  /** The tenant of the key; null = none. */
  readonly tenant: string | null;
  /** Adds the attributes that an event lacks; called for each event. */
  readonly complete: (attributes: Record<string, string | undefined>) => void;
}

/**
 * Reads a request in the CloudEvents HTTP binding 1.0.2: binary (§3.1), structured (§3.2) or batched (§3.3) JSON. Payload bytes stay as they are. It
 * makes records of the Kafka binding, which contracts' `readEvent` reads, as the dispatcher will. Apart from the binding's headers, only
 * `traceparent` is passed on.
 */
export function readRequest(headers: IncomingHttpHeaders, body: Buffer, { tenant, complete }: Publisher): Request {
  const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase();
  if (encoding !== '' && encoding !== 'identity')
    throw new Fault('unsupported-media-type', `The body comes with Content-Encoding ${encoding.slice(0, 64)}; send it without.`);
  const { [TRACEPARENT]: traceparent } = headers as Readonly<Record<string, string | undefined>>;
  const read = (record: RecordHeaders, value: Buffer): NuncioEvent | Unreadable => {
    if (traceparent !== undefined) record[TRACEPARENT] = traceparent;
    record[PUBLISHER_HEADER] = tenant ?? '';
    return readEvent(record, value, complete);
  };
  const mediaType = essenceOf(headers['content-type'] ?? '');
  switch (mediaType) {
    case STRUCTURED:
      return { batch: false, events: [{ pointer: '', event: read({ 'content-type': STRUCTURED }, body) }] };
    case BATCH:
      return { batch: true, events: slices(body).map((slice, i) => ({ pointer: `/${i}`, event: read({ 'content-type': STRUCTURED }, slice) })) };
    default:
      if (mediaType.startsWith('application/cloudevents'))
        throw new Fault('unsupported-media-type', `CloudEvents come as ${STRUCTURED}, ${BATCH}, or in ce- headers.`);
      return { batch: false, events: [{ pointer: '', event: read(binaryRecord(headers), body) }] };
  }
}

const BATCH = 'application/cloudevents-batch+json';

/** §3.1: `ce-` headers are attributes, the body is the payload, and its media type is the payload's. */
function binaryRecord(headers: IncomingHttpHeaders): RecordHeaders {
  const record: RecordHeaders = {};
  for (const name in headers) {
    const value = headers[name];
    if (name.startsWith('ce-') && value !== undefined) record[`ce_${name.slice(3)}`] = typeof value === 'string' ? decodeHeader(value) : value.map(decodeHeader);
  }
  if (headers['content-type'] !== undefined) record['content-type'] = headers['content-type'];
  return record;
}

/**
 * The headers of a request. If an attribute's came more than once, it has all its values, as a record of the Kafka binding would: Node.js joins them to one value that
 * nobody has sent.
 */
export function headersOf(request: Pick<IncomingMessage, 'headers' | 'headersDistinct'>): IncomingHttpHeaders {
  const { headers } = request;
  const joined = Object.keys(headers).filter((name) => name.startsWith('ce-') && headers[name]?.includes(', '));
  return joined.length === 0 ? headers : { ...headers, ...Object.fromEntries(joined.map((name) => [name, severalOr(headers[name], request.headersDistinct[name])])) };
}

const severalOr = <T>(one: T, all: string[] = []): T | string[] => (all.length > 1 ? all : one);

/** ASCII without anything to decode, as nearly all attributes are. */
const PLAIN = /^[\x20\x21\x23\x24\x26-\x7e]*$/;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;

/**
 * §3.1.3.2: removes double quotes if there are any (RFC 9110 §5.6.4), then percent-decodes once. The reader refuses the result if it is not UTF-8. A
 * percent sign that begins no escape stays as it is, as before version 1.0.1.
 */
export function decodeHeader(value: string): Buffer | string {
  if (PLAIN.test(value)) return value;
  const quoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  // Node.js gives header values as Latin-1, one character per byte.
  const bytes = Buffer.from(quoted ? value.slice(1, -1) : value, 'latin1');
  const decoded: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (quoted && bytes[i] === BACKSLASH && i + 1 < bytes.length) i += 1;
    const escape = bytes[i] === PERCENT ? /^[0-9a-f]{2}$/i.exec(bytes.toString('latin1', i + 1, i + 3)) : null;
    if (escape) i += 2;
    decoded.push(escape ? parseInt(escape[0], 16) : (bytes[i] ?? 0));
  }
  return Buffer.from(decoded);
}

/** The most events in one request. Each counts against the caller's rate. */
const MAX_EVENTS = 1_000;

/** The source texts of a JSON array's elements. */
function slices(body: Buffer): Buffer[] {
  const source = jsonText(body) ?? '';
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    throw new Fault('malformed-json', 'The batch is not JSON in UTF-8.');
  }
  // Checked before the body is divided: 1 MiB can hold a third of a million elements.
  if (Array.isArray(value) && value.length > MAX_EVENTS) throw new Fault('too-large', `A batch has at most ${MAX_EVENTS} events, this one has ${value.length}.`);
  const parts = Array.isArray(value) ? jsonParts(source) : null;
  if (!parts)
    throw invalidFields([{ pointer: '', code: 'invalid-type', detail: 'a batch must be a JSON array of CloudEvents' }]);
  return parts.map(({ text }) => Buffer.from(text));
}

/** The fault for an unreadable event. */
export const unreadableDetail = (pointer: string, { reason, detail, attribute }: Unreadable): FaultDetail => ({
  pointer: attribute === undefined ? pointer : `${pointer}${toPointer([attribute])}`,
  code: reason,
  detail: reason === 'missing-attribute' && attribute !== undefined ? `${detail}: send the header ce-${attribute}, or the event as ${STRUCTURED}` : detail,
});
