import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync, type BrotliOptions, type ZlibOptions, type ZstdOptions } from 'node:zlib';

/** Far more than a token or an issuer's metadata takes. A body that inflates to more is not read. */
const MAX_BYTES = 65_536;
const MOST_CODINGS = 3;

type Decode = (bytes: Buffer, limit: { maxOutputLength: number }, cut: boolean) => Buffer;

const flushing = (finishFlush: number, cut: boolean): ZlibOptions & BrotliOptions & ZstdOptions => (cut ? { finishFlush } : {});
const gunzip: Decode = (bytes, limit, cut) => gunzipSync(bytes, { ...limit, ...flushing(constants.Z_SYNC_FLUSH, cut) });
const identity: Decode = (bytes) => bytes;
/** With the zlib wrapper (RFC 9110 §8.4.1.2) or, as some servers send it, without. */
const inflate: Decode = (bytes, limit, cut) => ((bytes[0] ?? 0) % 16 === 8 ? inflateSync : inflateRawSync)(bytes, { ...limit, ...flushing(constants.Z_SYNC_FLUSH, cut) });

const decoders: Readonly<Record<string, Decode>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: (bytes, limit, cut) => brotliDecompressSync(bytes, { ...limit, ...flushing(constants.BROTLI_OPERATION_FLUSH, cut) }),
  zstd: (bytes, limit, cut) => zstdDecompressSync(bytes, { ...limit, ...flushing(constants.ZSTD_e_flush, cut) }),
  identity,
  // Not a content coding; some servers mean the charset.
  'utf-8': identity,
};

/**
 * `maxBytes`: a body that inflates to more is `too_large`. `cut`: the body was cut off, so it is decoded as far as it
 * goes.
 */
interface Decoding {
  readonly maxBytes?: number;
  readonly cut?: boolean;
}

/**
 * Removes the body's content codings (RFC 9110 §8.4), which some servers use although the request asks for none. Never
 * throws.
 */
export function decodedBody(body: Buffer, contentEncoding: string | string[] | undefined, { maxBytes = MAX_BYTES, cut = false }: Decoding = {}): Buffer | 'too_large' | 'unreadable' {
  const codings = [contentEncoding ?? []].flat().join(',').toLowerCase().split(',').map((coding) => coding.trim()).filter(Boolean).reverse();
  if (codings.length > MOST_CODINGS) return 'unreadable';
  let decoded = body;
  for (const coding of codings) {
    const decode = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined;
    if (!decode) return 'unreadable';
    try {
      decoded = decode(decoded, { maxOutputLength: maxBytes }, cut);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'unreadable';
    }
  }
  return decoded;
}
