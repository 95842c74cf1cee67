import { eventId } from './ids.js';
import { jsonParts } from './json-parts.js';
import { PAYLOAD_LIMIT_BYTES } from './topics/topic.js';

/** Record headers as kafkajs gives and takes them. */
export type RecordHeaders = Record<string, Buffer | string | (Buffer | string)[] | undefined>;

/** An event as it was published: its payload's bytes are never changed. */
export interface NuncioEvent {
  /** `evt_…`, derived from (`source`, `ceId`). */
  readonly id: string;
  readonly ceId: string;
  readonly source: string;
  readonly type: string;
  /** RFC 3339 as given, or null. */
  readonly time: string | null;
  /** Of the extension attribute `tenant`, a comma list. */
  readonly tenants: readonly string[];
  /** Media type of the payload; null = not said. */
  readonly contentType: string | null;
  readonly payload: Buffer;
  /** All context attributes, extensions included, by name, without `datacontenttype`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export type Unreadable = {
  readonly reason: 'null-value' | 'too-large' | 'bad-header' | 'missing-attribute' | 'bad-attribute' | 'bad-structured';
  readonly detail: string;
};

/** All attributes together, so that an event with what we add fits any topic. */
const MAX_ATTRIBUTE_BYTES = 32_768;

const REQUIRED = ['specversion', 'id', 'source', 'type'] as const;
const STRUCTURED = /^application\/cloudevents\+json\s*(;|$)/i;
const ATTRIBUTE_NAME = /^[a-z0-9]{1,64}$/;
// CloudEvents 1.0 "String": no control characters, and no lone surrogates, which well-formed UTF-8 cannot bring, but an escape in JSON. Headers that HTTP
// cannot carry stop here.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
// RFC 3339 §5.6, as CloudEvents "Timestamp".
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** Reads a CloudEvent in the Kafka protocol binding (CloudEvents 1.0.2), binary or structured mode. Never throws. */
export function readEvent(headers: RecordHeaders, value: Buffer | null): NuncioEvent | Unreadable {
  if (value === null) return { reason: 'null-value', detail: 'the record has no value' };
  if (value.length > PAYLOAD_LIMIT_BYTES) return { reason: 'too-large', detail: `${value.length} bytes are more than ${PAYLOAD_LIMIT_BYTES}` };
  const contentType = text(headers['content-type']);
  if (contentType !== null && STRUCTURED.test(contentType)) return readStructured(value);
  const attributes: Record<string, string> = {};
  for (const name in headers) {
    if (!name.startsWith('ce_') || headers[name] === undefined) continue;
    const given = text(headers[name]);
    if (given === null) return { reason: 'bad-header', detail: `header ${name} is not one UTF-8 text` };
    attributes[name.slice(3)] = given;
  }
  return toEvent(attributes, contentType, value);
}

/** Reads one JSON-format CloudEvent; the payload is the exact source slice of `data`, or `data_base64` decoded. Attributes it has not are taken from `defaults`. */
export function readStructured(value: Buffer, defaults: Readonly<Record<string, string>> = {}): NuncioEvent | Unreadable {
  const bad = (detail: string): Unreadable => ({ reason: 'bad-structured', detail });
  const source = utf8(value);
  if (source === null) return bad('the value is not UTF-8');
  try {
    JSON.parse(source);
  } catch {
    return bad('the value is not JSON');
  }
  const members = source.trimStart().startsWith('{') ? jsonParts(source) : null;
  if (!members) return bad('the value is not a JSON object');
  const attributes: Record<string, string> = { ...defaults };
  let payload = Buffer.alloc(0);
  let contentType: string | null = 'application/json';
  for (const { name, text } of members) {
    if (name === null) continue;
    if (name === 'data') {
      payload = Buffer.from(text);
      continue;
    }
    const given = /^[[{]/.test(text) ? undefined : (JSON.parse(text) as string | number | boolean | null);
    if (name === 'data_base64') {
      if (typeof given !== 'string') return bad('data_base64 is not a string');
      payload = Buffer.from(given, 'base64');
    } else if (given === undefined) return bad(`attribute ${name} is neither text, number nor boolean`);
    else if (given === null) continue;
    else if (name === 'datacontenttype') contentType = String(given);
    else attributes[name] = String(given);
  }
  return toEvent(attributes, contentType, payload);
}

function toEvent(attributes: Record<string, string>, contentType: string | null, payload: Buffer): NuncioEvent | Unreadable {
  for (const name of REQUIRED) if (!attributes[name]) return { reason: 'missing-attribute', detail: `attribute ${name} is missing` };
  let size = 0;
  for (const name in attributes) {
    size += name.length + (attributes[name]?.length ?? 0);
    if (size > MAX_ATTRIBUTE_BYTES) return { reason: 'too-large', detail: `the attributes are longer than ${MAX_ATTRIBUTE_BYTES} characters` };
    if (!ATTRIBUTE_NAME.test(name)) return { reason: 'bad-attribute', detail: `"${name.slice(0, 64)}" is no attribute name` };
    const value = attributes[name] ?? '';
    if (CONTROL.test(value) || !value.isWellFormed()) return { reason: 'bad-attribute', detail: `attribute ${name} contains a control character or a lone surrogate` };
  }
  const { id = '', source = '', type = '', specversion, time, tenant } = attributes;
  if (specversion !== '1.0') return { reason: 'bad-attribute', detail: `specversion ${specversion ?? ''} is not 1.0` };
  if (time !== undefined && !(TIMESTAMP.test(time) && !Number.isNaN(Date.parse(time))))
    return { reason: 'bad-attribute', detail: 'time is not an RFC 3339 timestamp' };
  return {
    id: eventId(source, id),
    ceId: id,
    source,
    type,
    time: time ?? null,
    tenants: tenant
      ? tenant
          .split(',')
          .map((t) => t.trim())
          .filter(Boolean)
      : [],
    contentType,
    payload,
    attributes,
  };
}

/** The record headers an event travels with from topic to topic, whatever mode it came in. */
export function eventHeaders(event: Pick<NuncioEvent, 'attributes' | 'contentType'>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in event.attributes) headers[`ce_${name}`] = event.attributes[name] ?? '';
  if (event.contentType !== null) headers['content-type'] = event.contentType;
  return headers;
}

export const isUnreadable = (read: NuncioEvent | Unreadable): read is Unreadable => 'reason' in read;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

function text(header: RecordHeaders[string]): string | null {
  if (header === undefined || Array.isArray(header)) return null;
  return typeof header === 'string' ? header : utf8(header);
}
