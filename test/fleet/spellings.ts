/** The ways in which a secret may be in a text without being obvious. `text` and the results are latin1, one character per byte. */
export const spellings: Readonly<Record<string, (secret: Buffer) => readonly string[]>> = {
  raw: (secret) => [latin1(secret)],
  'base64 (one of its three alignments)': (secret) => [0, 1, 2].flatMap((before) => variants(inner(secret, before))),
  hex: (secret) => [secret.toString('hex'), secret.toString('hex').toUpperCase()],
  'URL-escaped': (secret) => [encodeURIComponent(secret.toString()), encodeURIComponent(secret.toString()).replace(/%../g, (escape) => escape.toLowerCase()), new URLSearchParams({ '': secret.toString() }).toString().slice(1)],
  'JSON-escaped': (secret) => [JSON.stringify(secret.toString()).slice(1, -1), JSON.stringify(JSON.stringify(secret.toString()).slice(1, -1)).slice(1, -1), unicodeEscaped(secret.toString()), unicodeEscaped(secret.toString(), /\W/g)],
  'HTML-escaped': (secret) => [htmlEscaped(secret.toString()), htmlEscaped(secret.toString()).replaceAll('&#39;', '&#x27;'), byNumbers(secret.toString())],
  reversed: (secret) => [latin1(Buffer.from(secret).reverse())],
};

const latin1 = (bytes: Buffer): string => bytes.toString('latin1');

/** The characters that encode only the secret, at whichever offset it begins. */
function inner(secret: Buffer, before: number): string {
  const encoded = Buffer.concat([Buffer.alloc(before), secret]).toString('base64').replaceAll('=', '');
  const whole = Math.floor(((before + secret.length) * 8) / 6);
  return encoded.slice(Math.ceil((before * 8) / 6), whole);
}
const variants = (base64: string): string[] => [base64, base64.replaceAll('+', '-').replaceAll('/', '_')];

const unicodeEscaped = (text: string, what = /[^A-Za-z0-9 _.:/-]/g): string => text.replaceAll(what, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
const byNumbers = (text: string): string => text.replaceAll(/\W/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`);
const htmlEscaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');

const lines = new WeakMap<Buffer, Buffer>();
/** Base64 may be broken into lines, and the line breaks escaped. */
function inOneLine(content: Buffer): Buffer {
  const known = lines.get(content) ?? Buffer.from(latin1(content).replaceAll(/(?:[\r\n]|\\+[rn])+/g, ''), 'latin1');
  lines.set(content, known);
  return known;
}

interface Leak {
  readonly canary: string;
  readonly spelling: string;
  readonly place: string;
}

/** A place to search, and its content. */
export interface Place {
  readonly name: string;
  readonly content: Buffer;
}

/** Where a canary occurs in any spelling. `canaries`: the secrets by names that may be printed. */
export function search(places: readonly Place[], canaries: Readonly<Record<string, string>>): Leak[] {
  const wanted = Object.entries(canaries).flatMap(([canary, secret]) =>
    Object.entries(spellings).flatMap(([spelling, spell]) => spell(Buffer.from(secret)).map((text) => ({ canary, spelling, bytes: Buffer.from(text, 'latin1') }))),
  );
  const leaks = places.flatMap(({ name, content }) => wanted.filter(({ bytes }) => content.includes(bytes) || inOneLine(content).includes(bytes)).map(({ canary, spelling }) => ({ canary, spelling, place: name })));
  return [...new Map(leaks.map((leak) => [JSON.stringify(leak), leak])).values()];
}
