/** Record headers as kafkajs gives and takes them. */
export type RecordHeaders = Record<string, Buffer | string | (Buffer | string)[] | undefined>;

/** A header as text; null = it is none. Repeated headers count if all are the same. */
export function text(header: RecordHeaders[string]): string | null {
  if (Array.isArray(header)) {
    const [first = null, ...others] = new Set(header.map(text));
    return others.length ? null : first;
  }
  return header === undefined ? null : typeof header === 'string' ? header : utf8(header);
}

const exact = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const withoutMark = new TextDecoder('utf-8', { fatal: true });

/** null = it is not UTF-8. */
const utf8 = (bytes: Buffer): string | null => decoded(exact, bytes);

/** A JSON document's text, without the byte order mark that some producers write (RFC 8259 §8.1); null = it is not UTF-8. */
export const jsonText = (bytes: Buffer): string | null => decoded(withoutMark, bytes);

function decoded(decoder: { decode(bytes: Buffer): string }, bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
