import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';

/** Far more than a token or an issuer's metadata takes; what inflates to more is left shut. */
const MAX_BYTES = 65_536;
const MOST_CODINGS = 3;

const decoders: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
  identity: (bytes) => bytes,
};

/** The body without its content codings (RFC 9110 §8.4), which some servers use although we ask for none. Never throws. */
export function decodedBody(body: Buffer, contentEncoding: string | string[] | undefined): Buffer | 'too_large' | 'unreadable' {
  const codings = [contentEncoding ?? []].flat().join(',').toLowerCase().split(',').map((coding) => coding.trim()).filter(Boolean).reverse();
  if (codings.length > MOST_CODINGS) return 'unreadable';
  let decoded = body;
  for (const coding of codings) {
    const decode = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined;
    if (!decode) return 'unreadable';
    try {
      decoded = decode(decoded, { maxOutputLength: MAX_BYTES });
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'unreadable';
    }
  }
  return decoded;
}
