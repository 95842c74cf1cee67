import { jsonText } from './header-text.js';
import { jsonParts, type JsonPart } from './json-parts.js';
import { isJsonType } from './media-type.js';

/** A CloudEvent in JSON format: its attributes as text, and its payload. */
interface JsonFormat {
  readonly attributes: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

/** RFC 4648 §4, padded. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Reads one CloudEvent in JSON format 1.0.2, or returns a sentence that says why it is none. The payload is the exact source text of `data`, or
 * `data_base64` decoded. If `datacontenttype` is not JSON, a string is the payload itself (§3.1), as it would be in binary mode. Numbers keep their
 * digits.
 */
export function readJsonFormat(value: Buffer): JsonFormat | string {
  const members = membersOf(value);
  if (typeof members === 'string') return members;
  const attributes: Record<string, string> = {};
  const payloads: (Buffer | string)[] = [];
  const names = new Set<string | null>();
  for (const { name, text } of members) {
    if (names.has(name)) return `the member ${name} occurs twice`;
    names.add(name);
    if (name === null) continue;
    if (name === 'data') {
      payloads.push(text);
      continue;
    }
    const given = /^[[{]/.test(text) ? undefined : (JSON.parse(text) as string | number | boolean | null);
    if (given === null) continue;
    if (name === 'data_base64') {
      if (typeof given !== 'string' || !BASE64.test(given)) return 'data_base64 is no base64 (RFC 4648 §4)';
      payloads.push(Buffer.from(given, 'base64'));
    } else if (given === undefined) return `attribute ${name} is neither text, number nor boolean`;
    else attributes[name] = typeof given === 'number' ? text : String(given);
  }
  const [data = Buffer.alloc(0), another] = payloads;
  if (another !== undefined) return 'data and data_base64 are both given';
  if (typeof data !== 'string') return { attributes, payload: data };
  const payload = dataText(data, attributes.datacontenttype);
  return payload.isWellFormed() ? { attributes, payload: Buffer.from(payload) } : 'data contains a lone surrogate';
}

/** The text that `data` stands for. `source`: its JSON. Where the payload is not JSON, null stands for no payload. */
function dataText(source: string, mediaType = ''): string {
  if (mediaType === '' || isJsonType(mediaType)) return source;
  return source === 'null' ? '' : source.startsWith('"') ? (JSON.parse(source) as string) : source;
}

/** The members of a JSON object, or a sentence that says why there are none. */
export function membersOf(value: Buffer): JsonPart[] | string {
  const source = jsonText(value);
  if (source === null) return 'the value is not UTF-8';
  try {
    JSON.parse(source);
  } catch {
    return 'the value is not JSON';
  }
  return (source.trimStart().startsWith('{') ? jsonParts(source) : null) ?? 'the value is not a JSON object';
}
