import type { IncomingHttpHeaders } from 'node:http';
import {
  essenceOf,
  Fault,
  jsonParts,
  PUBLISHER_HEADER,
  readEvent,
  STRUCTURED,
  TRACEPARENT,
  type FaultDetail,
  type NuncioEvent,
  type RecordHeaders,
  type Unreadable,
} from '@nuncio/contracts';

/** One event of a request; `pointer` is where it stands in the body: empty, or its index in a batch. */
export interface Published {
  readonly pointer: string;
  readonly event: NuncioEvent | Unreadable;
}

export interface Request {
  readonly batch: boolean;
  readonly events: readonly Published[];
}

/** Whose request it is. */
export interface Publisher {
  /** The tenant of the key; null = none. */
  readonly tenant: string | null;
  /** Attributes that an event gets where it has none of its own. Made anew for each event. */
  readonly defaults: () => Readonly<Record<string, string>>;
}

/**
 * Reads a request in the CloudEvents HTTP binding 1.0.2: binary (§3.1), structured (§3.2) or batched (§3.3) JSON. Payload bytes are those of the request. It only
 * makes records of the Kafka binding of it; contracts' `readEvent` reads them, as the dispatcher will. Beside those of the binding, `traceparent` alone becomes a record's
 * header.
 */
export function readRequest(headers: IncomingHttpHeaders, body: Buffer, { tenant, defaults }: Publisher): Request {
  const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase();
  if (encoding !== '' && encoding !== 'identity')
    throw new Fault('unsupported-media-type', `The body comes with Content-Encoding ${encoding.slice(0, 64)}; send it without.`);
  const { [TRACEPARENT]: traceparent } = headers as Readonly<Record<string, string | undefined>>;
  const read = (record: RecordHeaders, value: Buffer): NuncioEvent | Unreadable => readEvent({ ...record, [TRACEPARENT]: traceparent, [PUBLISHER_HEADER]: tenant ?? '' }, value, defaults());
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

/** §3.1: `ce-` headers are attributes, the body is the payload, its media type the payload's. */
function binaryRecord(headers: IncomingHttpHeaders): RecordHeaders {
  const record: RecordHeaders = {};
  for (const name in headers) {
    const value = headers[name];
    if (name.startsWith('ce-') && typeof value === 'string') record[`ce_${name.slice(3)}`] = decodeHeader(value);
  }
  if (headers['content-type'] !== undefined) record['content-type'] = headers['content-type'];
  return record;
}

/** ASCII with nothing to decode, which is what nearly all attributes are. */
const PLAIN = /^[\x20\x21\x23\x24\x26-\x7e]*$/;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;

/**
 * §3.1.3.2: first out of double quotes (RFC 9110 §5.6.4), if it stands in such, then one round of percent-decoding. The bytes that come out are UTF-8, or the
 * attribute is refused by whoever reads them. A percent sign that begins no escape stands for itself, as it did before version 1.0.1.
 */
export function decodeHeader(value: string): Buffer | string {
  if (PLAIN.test(value)) return value;
  const quoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  // Node gives header values as Latin-1: one character, one byte.
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

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The most events in one request. Each counts against the caller's rate. */
const MAX_EVENTS = 1_000;

/** The elements of a JSON array as they stand in the source. */
function slices(body: Buffer): Buffer[] {
  let source: string;
  let value: unknown;
  try {
    source = decoder.decode(body);
    value = JSON.parse(source);
  } catch {
    throw new Fault('malformed-json', 'The batch is not JSON in UTF-8.');
  }
  // Before it is cut up: a body of 1 MiB has room for a third of a million.
  if (Array.isArray(value) && value.length > MAX_EVENTS) throw new Fault('too-large', `A batch has at most ${MAX_EVENTS} events, this one has ${value.length}.`);
  const parts = Array.isArray(value) ? jsonParts(source) : null;
  if (!parts)
    throw new Fault('invalid', 'A batch is a JSON array of CloudEvents.', { errors: [{ pointer: '', code: 'invalid-type', detail: 'must be an array' }] });
  return parts.map(({ text }) => Buffer.from(text));
}

/** Why it cannot be read, as a fault of the request. */
export const unreadableDetail = (pointer: string, { reason, detail }: Unreadable): FaultDetail => ({ pointer, code: reason, detail });
