import { isUtf8 } from 'node:buffer';
import type { Attempted } from '@nuncio/contracts';
import type { Answer } from '@nuncio/egress';
import { keptHeaders } from './kept-headers.js';

/** An answer as the log keeps it: its body as text, or as base64 if it is not UTF-8. It is redacted already. */
export function shownResponse({ status, headers, body, truncated }: Extract<Answer, { ok: true }>): NonNullable<Attempted['response']> {
  const whole = truncated ? withoutCutCharacter(body) : body;
  const text = isUtf8(whole);
  const shown = text ? whole : body;
  return {
    status,
    ...keptHeaders(headers),
    body: shown.toString(text ? 'utf8' : 'base64'),
    bodyEncoding: text ? 'utf8' : 'base64',
    bodyTruncated: truncated,
  };
}

/**
 * Removes a character that was cut off at the end, so that the text does not count as binary (RFC 3629 §3: a character has at most four bytes,
 * of which only the first is not 10xxxxxx).
 */
function withoutCutCharacter(body: Buffer): Buffer {
  const lead = body.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  return body.length - lead < 4 && !isUtf8(body.subarray(lead)) ? body.subarray(0, lead) : body;
}
