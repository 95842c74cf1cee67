/** A part of a text that may be encoded bytes. */
export interface Block {
  readonly start: number;
  readonly encoded: string;
  readonly encoding: Encoding;
}

interface Encoding {
  readonly name: 'base64' | 'hex';
  /** This many characters encode this many bytes. */
  readonly characters: number;
  readonly bytes: number;
  /** Put between blocks, so that the end of one and the beginning of the next do not form a secret. */
  readonly separator: string;
  /** Indexed by character code: 1 = a digit of the encoding. */
  readonly digits: Uint8Array;
  /** A shorter part is an ordinary word. */
  readonly least: number;
  /** Matches a continuation on the next line; sticky. */
  readonly more: RegExp | null;
}

const digits = (alphabet: RegExp): Uint8Array => Uint8Array.from({ length: 256 }, (_, code) => (alphabet.test(String.fromCharCode(code)) ? 1 : 0));

/** Base64 of either alphabet (RFC 4648 §4, §5), padded or not, in one line or several. */
const base64: Encoding = { name: 'base64', characters: 4, bytes: 3, separator: '////', digits: digits(/[\w+/-]/), least: 11, more: /(?:[ \t]*\r?\n[ \t]*[\w+/-]+)*/y };
const hex: Encoding = { name: 'hex', characters: 2, bytes: 1, separator: 'ff', digits: digits(/[\da-f]/i), least: 16, more: null };

export const encodings: readonly Encoding[] = [base64, hex];

/** The parts of `text` (latin1) that are long enough for `bytes` bytes. */
export function blocksOf(text: string, bytes: number): Block[] {
  return encodings.flatMap((encoding) => {
    const least = Math.max(encoding.least, Math.floor((bytes * encoding.characters) / encoding.bytes));
    return text.length < least ? [] : find(text, encoding).filter(({ encoded }) => encoded.length >= least);
  });
}

/**
 * Checks only every `least`th character until one is a digit. A plain loop, since every answer with a body passes it.
 */
function find(text: string, encoding: Encoding): Block[] {
  const { least, digits, more } = encoding;
  const isDigit = (at: number): boolean => digits[text.charCodeAt(at)] === 1;
  const blocks: Block[] = [];
  let after: number;
  for (let at = least - 1; at < text.length; at = after + least) {
    let start = (after = at);
    if (!isDigit(at)) continue;
    while (start > 0 && isDigit(start - 1)) start--;
    do after++;
    while (after < text.length && isDigit(after));
    if (after - start < least) continue;
    if (more) {
      more.lastIndex = after;
      after += more.exec(text)?.[0].length ?? 0;
    }
    blocks.push({ start, encoded: text.slice(start, after), encoding });
  }
  return blocks;
}

/** The bytes (latin1) of blocks of one encoding, decoded from the character `skipped` of each. */
export function decoded(blocks: readonly Block[], { name, separator, characters }: Encoding, skipped: number): string {
  const all = blocks.map(({ encoded }) => withoutBreaks(encoded).slice(skipped));
  const last = all.pop() ?? '';
  return Buffer.from([...all.map((each) => filled(each, name, characters)), last].join(separator), name).toString('latin1');
}

/** The index of each significant character of the block. */
export const digitsOf = ({ encoded }: Block): number[] => Array.from(encoded.matchAll(/\S/g), ({ index }) => index);

const withoutBreaks = (encoded: string): string => (encoded.includes('\n') ? encoded.replace(/\s+/g, '') : encoded);

/** Pads or cuts to whole bytes, so that the blocks after it stay aligned. */
function filled(encoded: string, name: Encoding['name'], characters: number): string {
  const rest = encoded.length % characters;
  if (rest === 0) return encoded;
  return name === 'hex' ? encoded.slice(0, -rest) : encoded.padEnd(encoded.length + characters - rest, 'A');
}
