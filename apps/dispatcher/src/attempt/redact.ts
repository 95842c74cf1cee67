import { decodedBody } from '@nuncio/auth';
import type { Answer, OutboundRequest } from '@nuncio/egress';
import { REDACTED, withoutEchoes } from '@nuncio/sealing';
import type { Attempt } from './outcome.js';

/** A request as it may be shown. Header names are in lower case; `spelling` has those that were sent otherwise. Secret values are replaced. */
export function shownRequest({ method, url, headers }: Pick<OutboundRequest, 'method' | 'url' | 'headers'>, secretNames: ReadonlySet<string>): NonNullable<Attempt['request']> {
  const shown: Record<string, string> = {};
  let spelling: string[] | undefined;
  for (const name in headers) {
    const lower = name.toLowerCase();
    if (lower !== name) (spelling ??= []).push(name);
    shown[lower] = lower === 'authorization' || secretNames.has(lower) ? REDACTED : (headers[name] ?? '');
  }
  return spelling ? { method, url, headers: shown, spelling } : { method, url, headers: shown };
}

/**
 * An endpoint may echo the request. The stored response shows no secret of the request, in any spelling that a reader could see through, nor the beginning of a secret if
 * the response was cut inside it. A body with a content coding is stored decoded, or, if that fails, as its length and the coding's name. At most `maxBytes` of it.
 */
export function redacted(answer: Answer, secrets: readonly string[], maxBytes: number): Answer {
  if (!answer.ok) return answer;
  const { headers } = answer;
  const { body, truncated } = answer.body.length === 0 ? answer : readable(answer, maxBytes);
  const text = body.toString('latin1');
  const shown = withoutEchoes(text, secrets, truncated);
  const shownBody = shown === text ? body : Buffer.from(shown, 'latin1');
  const inHeaders = Object.values(headers).flat().join('\n');
  if (withoutEchoes(inHeaders, secrets) === inHeaders) return shownBody === answer.body ? answer : { ...answer, body: shownBody, truncated };
  const hide = (value: string): string => withoutEchoes(value, secrets);
  return { ...answer, body: shownBody, truncated, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [hide(name), typeof value === 'string' ? hide(value) : value.map(hide)])) };
}

type Answered = Extract<Answer, { ok: true }>;
/** So many bytes are inflated to read the beginning. */
const INFLATED_AT_MOST = 262_144;

function readable({ headers, body, truncated }: Answered, maxBytes: number): Pick<Answered, 'body' | 'truncated'> {
  const coding = headers['content-encoding'] ?? codingOf(body);
  if (coding === undefined) return { body, truncated };
  const decoded = decodedBody(body, coding, { maxBytes: INFLATED_AT_MOST, cut: truncated });
  if (typeof decoded === 'string' || decoded.length === 0) return { body: Buffer.from(`<${body.length} bytes of ${String(coding).slice(0, 64)} that cannot be read>`), truncated };
  return { body: decoded.subarray(0, maxBytes), truncated: truncated || decoded.length > maxBytes };
}

/** A body that begins like gzip (RFC 1952 §2.3.1) or Zstandard (RFC 8878 §3.1.1) is treated as such, whatever the server says. */
function codingOf(body: Buffer): string | undefined {
  if (body[0] === 0x1f && body[1] === 0x8b) return 'gzip';
  return body.length > 4 && body.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : undefined;
}
