import { isTenantId } from './aggregates/tenant.js';
import { text, type RecordHeaders } from './header-text.js';
import { eventId } from './ids.js';
import { membersOf, readJsonFormat } from './json-format.js';
import { essenceOf, isMediaType } from './media-type.js';
import { isReserved, NOTICE_SOURCE } from './notices/reserved.js';
import { isTimestamp } from './timestamp.js';
import { PAYLOAD_LIMIT_BYTES } from './topics/topic.js';
import { readTraceparent, TRACEPARENT } from './trace-context.js';

export type { RecordHeaders };

/** An event as it was published: its payload's bytes are never changed. */
export interface NuncioEvent {
  /** `evt_…`, derived from (`publisher`, `source`, `ceId`). */
  readonly id: string;
  /** The tenant of the key that it was published with. Empty = a key without a tenant, or Kafka. */
  readonly publisher: string;
  readonly ceId: string;
  readonly source: string;
  readonly type: string;
  /** RFC 3339 as given, or null. */
  readonly time: string | null;
  /** The tenants of the extension attribute `tenant`, a comma list. */
  readonly tenants: readonly string[];
  /** Media type of the payload, the attribute `datacontenttype`; null = not said. */
  readonly contentType: string | null;
  readonly payload: Buffer;
  /** All context attributes, extensions included, by name, without `datacontenttype`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The trace in which it was published (W3C Trace Context); absent = none. */
  readonly traceparent?: string;
}

export type Unreadable = {
  readonly reason: 'null-value' | 'too-large' | 'bad-header' | 'missing-attribute' | 'bad-attribute' | 'bad-structured';
  readonly detail: string;
  readonly attribute?: string;
};

/**
 * The record header with the tenant of the key that an event was published with. Only the gateway writes it; no header of an HTTP request becomes one
 * of this name.
 */
export const PUBLISHER_HEADER = 'nuncio-publisher';

/** The limit for all attributes and the media type together, as headers of a record, so that an event with Nuncio's own headers fits any topic. */
const MAX_ATTRIBUTE_BYTES = 32_768;
/** What a header has besides its name and value: its prefix, and their lengths. */
const HEADER_BYTES = 8;

const REQUIRED = ['specversion', 'id', 'source', 'type'] as const;
/** The header's name in the binding, and as Spring and Go clients write it. */
const CONTENT_TYPE_NAMES = /^content-?type$/i;
const CLOUDEVENTS = 'application/cloudevents';
/** The media type of one CloudEvent in JSON format. */
export const STRUCTURED = 'application/cloudevents+json';
const ATTRIBUTE_NAME = /^[a-z0-9]{1,64}$/;
// CloudEvents 1.0 "String": no control characters, and no lone surrogates, which well-formed UTF-8 cannot bring, but an escape in JSON. Headers that HTTP
// cannot carry stop here.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Reads a CloudEvent in the Kafka protocol binding (CloudEvents 1.0.2), binary or structured mode. This is the only reader: a request over HTTP is
 * first turned into such a record, so that all services judge an event alike. `complete` may add attributes that are missing. Never throws.
 */
export function readEvent(headers: RecordHeaders, value: Buffer | null, complete: Complete = () => undefined): NuncioEvent | Unreadable {
  const read = readRecord(headers, value, complete);
  return isUnreadable(read) ? read : withTrace(read, headers[TRACEPARENT]);
}

/** The record's writer sets the header. The attribute may be older, so it counts only without a header. */
function withTrace(event: NuncioEvent, header: RecordHeaders[string]): NuncioEvent {
  const attribute = event.attributes[TRACEPARENT];
  if (header === undefined && attribute === undefined) return event;
  const traceparent = readTraceparent(text(header) ?? '') ?? readTraceparent(attribute ?? '');
  return traceparent === undefined ? event : { ...event, traceparent };
}

function readRecord(headers: RecordHeaders, value: Buffer | null, complete: Complete): NuncioEvent | Unreadable {
  if (value === null) return { reason: 'null-value', detail: 'the record has no value' };
  if (value.length > PAYLOAD_LIMIT_BYTES) return { reason: 'too-large', detail: `${value.length} bytes are more than ${PAYLOAD_LIMIT_BYTES}` };
  const attributes: Record<string, string> = {};
  let contentType: string | null = null;
  let publisher = '';
  for (const name in headers) {
    const isAttribute = name.startsWith('ce_');
    if ((!isAttribute && name !== PUBLISHER_HEADER && !CONTENT_TYPE_NAMES.test(name)) || isAbsent(headers[name])) continue;
    const given = text(headers[name]);
    if (given === null) return { reason: 'bad-header', detail: `header ${name} is not one UTF-8 text` };
    if (isAttribute) attributes[name.slice(3)] = given;
    else if (name === PUBLISHER_HEADER) publisher = given;
    else if (contentType === null || name === 'content-type') contentType = withoutQuotes(given);
  }
  if (publisher !== '' && !isTenantId(publisher)) return { reason: 'bad-header', detail: `header ${PUBLISHER_HEADER} is no tenant's id` };
  if (contentType !== null && essenceOf(contentType) === STRUCTURED) return readStructured(value, complete, publisher);
  if (attributes.specversion === '"1.0"') for (const name in attributes) attributes[name] = withoutQuotes(attributes[name] ?? '');
  complete(attributes);
  return hinted(value, toEvent(attributes, contentType, value, publisher));
}

type Attributes = Readonly<Record<string, string>>;
type Complete = (attributes: Record<string, string | undefined>) => void;

function readStructured(value: Buffer, complete: Complete, publisher: string): NuncioEvent | Unreadable {
  const read = readJsonFormat(value);
  if (typeof read === 'string') return { reason: 'bad-structured', detail: read };
  complete(read.attributes);
  return toEvent(read.attributes, null, read.payload, publisher, 'application/json');
}

/** `said`: the content type that the record has. `otherwise`: the payload's media type if neither the record nor an attribute has one. */
function toEvent(
  attributes: Record<string, string>, said: string | null, payload: Buffer, publisher: string,
  otherwise: string | null = null,
): NuncioEvent | Unreadable {
  const bad = (attribute: string, detail: string): Unreadable => ({ reason: 'bad-attribute', detail, attribute });
  for (const name of REQUIRED) if (!attributes[name]) return { reason: 'missing-attribute', detail: `attribute ${name} is missing`, attribute: name };
  const [contentType = null] = [said, attributes.datacontenttype, otherwise].filter(Boolean);
  if (contentType !== null) {
    const fault = contentTypeFault(contentType, attributes.datacontenttype);
    if (fault !== null) return bad('datacontenttype', fault);
    delete attributes.datacontenttype;
  }
  if (isTooLong(attributes, contentType)) return { reason: 'too-large', detail: `the attributes are longer than ${MAX_ATTRIBUTE_BYTES} bytes` };
  for (const name in attributes) {
    if (!ATTRIBUTE_NAME.test(name)) return bad(name, `"${name.slice(0, 64)}" is no attribute name`);
    const value = attributes[name] ?? '';
    if (CONTROL.test(value) || !value.isWellFormed()) return bad(name, `attribute ${name} contains a control character or a lone surrogate`);
  }
  const { id = '', source = '', type = '', specversion, time, tenant } = attributes;
  if (specversion !== '1.0') return bad('specversion', `specversion ${specversion ?? ''} is not 1.0`);
  if (time !== undefined && !isTimestamp(time)) return bad('time', 'time is not an RFC 3339 timestamp');
  if (isReserved(type) && (source !== NOTICE_SOURCE || publisher !== '')) return bad('type', `type "${type.slice(0, 64)}" is reserved: only Nuncio publishes such events`);
  return {
    id: eventId(source, id, publisher),
    publisher,
    ceId: id,
    source,
    type,
    time: time ?? null,
    tenants: tenantsIn(tenant ?? ''),
    contentType,
    payload,
    attributes,
  };
}

function isTooLong(attributes: Attributes, contentType: string | null): boolean {
  const sizeBy = (lengthOf: (text: string) => number): number => {
    let size = lengthOf(contentType ?? '');
    for (const name in attributes) size += HEADER_BYTES + name.length + lengthOf(attributes[name] ?? '');
    return size;
  };
  // A character is at most three bytes: those of most events need not be counted.
  return 3 * sizeBy(({ length }) => length) > MAX_ATTRIBUTE_BYTES && sizeBy((text) => Buffer.byteLength(text)) > MAX_ATTRIBUTE_BYTES;
}

/** The fault of a payload's media type. A CloudEvent's own type is one: the next reader would take the payload for another event. */
function contentTypeFault(contentType: string, attribute: string | undefined): string | null {
  const essence = essenceOf(contentType);
  if (!isMediaType(contentType)) return `datacontenttype "${contentType.slice(0, 64)}" is no media type (RFC 9110 §8.3.1)`;
  if (essence.startsWith(CLOUDEVENTS)) return `datacontenttype ${essence} is not a payload's; over Kafka a CloudEvent in JSON has content-type ${STRUCTURED}, one per record`;
  if (attribute && essenceOf(attribute) !== essence) return `content-type says ${essence}, and datacontenttype ${essenceOf(attribute)}`;
  return null;
}

/** Adds a hint to the fault of a structured event that came without its content type, as some libraries send it. */
function hinted(value: Buffer, read: NuncioEvent | Unreadable): NuncioEvent | Unreadable {
  if (!isUnreadable(read) || read.reason !== 'missing-attribute') return read;
  const members = membersOf(value);
  const names = typeof members === 'string' ? [] : members.map(({ name }) => name);
  if (!REQUIRED.every((name) => names.includes(name))) return read;
  return { ...read, detail: `${read.detail}; the value looks like a structured CloudEvent, whose content-type is ${STRUCTURED}` };
}

/** The record headers that an event has on every topic, in whichever mode it was published. */
export function eventHeaders(event: Pick<NuncioEvent, 'attributes' | 'contentType' | 'publisher' | 'traceparent'>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in event.attributes) headers[`ce_${name}`] = event.attributes[name] ?? '';
  if (event.contentType !== null) headers['content-type'] = event.contentType;
  if (event.publisher !== '') headers[PUBLISHER_HEADER] = event.publisher;
  if (event.traceparent !== undefined) headers[TRACEPARENT] = event.traceparent;
  return headers;
}

/** The tenants that the attribute `tenant` names. */
export const tenantsIn = (list: string): string[] =>
  list
    .split(',')
    .map((tenant) => tenant.trim())
    .filter(Boolean);

/** The event as this tenant may see it: the attribute `tenant` names only this tenant. */
export function asKnownTo(tenant: string, event: NuncioEvent): NuncioEvent {
  const { tenant: named, ...others } = event.attributes;
  if (named === undefined || named === tenant) return event;
  const isNamed = event.tenants.includes(tenant);
  return { ...event, tenants: isNamed ? [tenant] : [], attributes: isNamed ? { ...others, tenant } : others };
}

export const isUnreadable = (read: NuncioEvent | Unreadable): read is Unreadable => 'reason' in read;

const isAbsent = (header: RecordHeaders[string] | null): boolean => header === undefined || header === null;

/** Spring's binder writes header values as JSON strings. */
function withoutQuotes(value: string): string {
  if (!value.startsWith('"') || !value.endsWith('"') || value.length < 2) return value;
  try {
    return JSON.parse(value) as string;
  } catch {
    return value;
  }
}
