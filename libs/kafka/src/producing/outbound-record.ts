import type { RecordHeaders } from '@nuncio/contracts';

export interface OutboundRecord {
  readonly key: string | Buffer | null;
  readonly value: Buffer | string | null;
  readonly headers?: RecordHeaders;
}

const FRAME_BYTES = 64;

/**
 * Upper limit of its bytes in a batch, including lengths of fields and the batch's own header. Throws a TypeError if it cannot be
 * written.
 */
export function bytesOf({ key, value, headers = {} }: OutboundRecord): number {
  let bytes = FRAME_BYTES + (key === null ? 0 : Buffer.byteLength(key)) + (value === null ? 0 : Buffer.byteLength(value));
  for (const name in headers) {
    const values = headers[name];
    if (Array.isArray(values)) for (const one of values) bytes += FRAME_BYTES + atMost(name) + atMost(one);
    else bytes += FRAME_BYTES + atMost(name) + atMost(values);
  }
  return bytes;
}

/** UTF-8 takes at most three bytes for each UTF-16 unit. For short strings, counting exactly would cost more. */
function atMost(part: string | Buffer = ''): number {
  return typeof part === 'string' ? 3 * part.length : Buffer.byteLength(part);
}
