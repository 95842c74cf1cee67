/** A text derived from another one, and where in that one each character begins and ends. */
export interface Reading {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

export const asItIs = (text: string): Reading => {
  const starts = Array.from({ length: text.length }, (_, i) => i);
  return { text, starts, ends: starts.map((start) => start + 1) };
};

/** The escapes of JSON and JavaScript, of URLs (RFC 3986 §2.1), and of HTML. */
const ESCAPE =
  /\\u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})|[\\%]u([\da-f]{4})|\\u\{([\da-f]{1,6})\}|(?:\\x|%)([\da-f]{2})|\\([0-3][0-7]{2})|\\(["'`/\\bfnrtv])|&#x([\da-f]{1,6});?|&#(\d{1,7});?|&([a-z]{2,6});/gi;
const GROUPS = 10;
const ESCAPE_BEGINS = /[\\%&]/;
/** An escape that the end of a text cuts off. */
export const CUT_ESCAPE = /(?:\\(?:u\{?[\da-f]{0,5}|x[\da-f]?|[0-3][0-7]?)?|%(?:u?[\da-f]{0,3})|&[#\w]{0,8})$/i;

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
/** Named references for the ASCII characters that are neither letters nor digits (HTML Living Standard §13.5). */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', tab: '\t', newline: '\n', excl: '!', num: '#', dollar: '$', percnt: '%', lpar: '(', rpar: ')', ast: '*', midast: '*', plus: '+',
  comma: ',', period: '.', sol: '/', colon: ':', semi: ';', equals: '=', quest: '?', commat: '@', lsqb: '[', lbrack: '[', bsol: '\\', rsqb: ']', rbrack: ']', hat: '^', lowbar: '_', grave: '`',
  lcub: '{', lbrace: '{', verbar: '|', vert: '|', rcub: '}', rbrace: '}', hyphen: '-', dash: '-',
};

/** What an escape stands for, as bytes of UTF-8 in latin1; the escape itself if it is none. */
function meaning(escape: string, ...[high, low, utf16, codePoint, byte, octal, control, hex, decimal, name]: (string | undefined)[]): string {
  if (high !== undefined && low !== undefined) return utf8(0x10000 + ((parseInt(high, 16) - 0xd800) << 10) + parseInt(low, 16) - 0xdc00);
  if (byte !== undefined) return String.fromCharCode(parseInt(byte, 16));
  if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
  if (control !== undefined) return CONTROLS[control.toLowerCase()] ?? control;
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? escape;
  return utf8(decimal === undefined ? parseInt(utf16 ?? codePoint ?? hex ?? '', 16) : Number(decimal)) || escape;
}

const utf8 = (codePoint: number): string => (codePoint > 0x10ffff ? '' : codePoint < 0x80 ? String.fromCharCode(codePoint) : Buffer.from(String.fromCodePoint(codePoint)).toString('latin1'));

/** Resolves one level of escapes in a text (latin1). */
export const unescaped = (text: string): string => (ESCAPE_BEGINS.test(text) ? text.replace(ESCAPE, meaning) : text);

/** The same, with places. */
export function unescapedReading(reading: Reading): Reading {
  const whole = new Composition(reading);
  for (const { index, 0: escape, ...groups } of reading.text.matchAll(ESCAPE)) {
    whole.copyUpTo(index);
    whole.replace(escape.length, meaning(escape, ...Array.from({ length: GROUPS }, (_, i) => groups[i + 1])));
  }
  return whole.end();
}

/**
 * Characters that may be inserted into a secret: line breaks, spaces, plus signs (spaces in forms), the zeros of UTF-16, and backslashes, which may
 * be part of the text or an escape.
 */
const GAPS = /[\0-\x20+\\]+/g;
/** The text between gaps. */
export const partsOf = (text: string): string[] => text.split(GAPS);
export const squeezed = (text: string): string => text.replace(GAPS, '');

export function squeezedReading(reading: Reading): Reading {
  const whole = new Composition(reading);
  for (const { index, 0: gap } of reading.text.matchAll(GAPS)) {
    whole.copyUpTo(index);
    whole.replace(gap.length, '');
  }
  return whole.end();
}

/** Builds a reading of a reading, from beginning to end. */
class Composition {
  readonly #parts: string[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #at = 0;

  constructor(private readonly of: Reading) {}

  copyUpTo(end: number): void {
    this.#parts.push(this.of.text.slice(this.#at, end));
    for (; this.#at < end; this.#at++) this.#put(this.#at, this.#at);
  }

  replace(length: number, by: string): void {
    this.#parts.push(by);
    Array.from(by, () => {
      this.#put(this.#at, this.#at + length - 1);
    });
    this.#at += length;
  }

  end(): Reading {
    this.copyUpTo(this.of.text.length);
    return { text: this.#parts.join(''), starts: this.#starts, ends: this.#ends };
  }

  #put(first: number, last: number): void {
    this.#starts.push(this.of.starts[first] ?? 0);
    this.#ends.push(this.of.ends[last] ?? 0);
  }
}
