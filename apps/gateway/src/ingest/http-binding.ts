import type { IncomingHttpHeaders } from 'node:http';
import { essenceOf, Fault, jsonParts, readEvent, readStructured, type FaultDetail, type NuncioEvent, type RecordHeaders, type Unreadable } from '@nuncio/contracts';

/** One event of a request; `pointer` is where it stands in the body: empty, or its index in a batch. */
export interface Published {
  readonly pointer: string;
  readonly event: NuncioEvent | Unreadable;
}

export interface Request {
  readonly batch: boolean;
  readonly events: readonly Published[];
}

/** Attributes that an event gets where it has none of its own. Made anew for each event. */
export type Defaults = () => Readonly<Record<string, string>>;

/** Reads a request in the CloudEvents HTTP binding 1.0.2: binary (§3.1), structured (§3.2) or batched (§3.3) JSON. Payload bytes are those of the request. */
export function readRequest(headers: IncomingHttpHeaders, body: Buffer, defaults: Defaults): Request {
  const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase();
  if (encoding !== '' && encoding !== 'identity')
    throw new Fault('unsupported-media-type', `The body comes with Content-Encoding ${encoding.slice(0, 64)}; send it without.`);
  const mediaType = essenceOf(headers['content-type'] ?? '');
  switch (mediaType) {
    case 'application/cloudevents+json':
      return { batch: false, events: [{ pointer: '', event: readStructured(body, defaults()) }] };
    case 'application/cloudevents-batch+json':
      return { batch: true, events: atMost(slices(body)).map((slice, i) => ({ pointer: `/${i}`, event: readStructured(slice, defaults()) })) };
    default:
      if (mediaType.startsWith('application/cloudevents'))
        throw new Fault('unsupported-media-type', 'CloudEvents come as application/cloudevents+json, application/cloudevents-batch+json, or in ce- headers.');
      return { batch: false, events: [{ pointer: '', event: readBinary(headers, body, defaults()) }] };
  }
}

/** §3.1: `ce-` headers are attributes, the body is the payload, its media type the payload's. */
function readBinary(headers: IncomingHttpHeaders, body: Buffer, defaults: Readonly<Record<string, string>>): NuncioEvent | Unreadable {
  const record: RecordHeaders = {};
  for (const name in defaults) record[`ce_${name}`] = defaults[name];
  for (const name in headers) {
    const value = headers[name];
    if (name.startsWith('ce-') && typeof value === 'string') record[`ce_${name.slice(3)}`] = decodeHeader(value);
  }
  if (headers['content-type'] !== undefined) record['content-type'] = headers['content-type'];
  return readEvent(record, body);
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

/** Of one request. Each counts against the caller's rate. */
const MAX_EVENTS = 1_000;

function atMost<T>(batch: T[]): T[] {
  if (batch.length > MAX_EVENTS) throw new Fault('too-large', `A batch has at most ${MAX_EVENTS} events, this one has ${batch.length}.`);
  return batch;
}

/** The elements of a JSON array as they stand in the source. */
function slices(body: Buffer): Buffer[] {
  const source = body.toString('utf8');
  try {
    JSON.parse(source);
  } catch {
    throw new Fault('malformed-json', 'The batch is not JSON.');
  }
  const parts = source.trimStart().startsWith('[') ? jsonParts(source) : null;
  if (!parts)
    throw new Fault('invalid', 'A batch is a JSON array of CloudEvents.', { errors: [{ pointer: '', code: 'invalid-type', detail: 'must be an array' }] });
  return parts.map(({ text }) => Buffer.from(text));
}

/** Why it cannot be read, as a fault of the request. */
export const unreadableDetail = (pointer: string, { reason, detail }: Unreadable): FaultDetail => ({ pointer, code: reason, detail });
