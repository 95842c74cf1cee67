import { blocksOf, decoded, digitsOf, encodings, type Block } from './blocks.js';
import { asItIs, CUT_ESCAPE, partsOf, squeezed, squeezedReading, unescaped, unescapedReading, type Reading } from './reading.js';

/** The text that replaces a secret. */
export const REDACTED = '<redacted>';

/** A shorter text would be found everywhere. */
const SHORTEST_FORM = 4;
/** A shorter part of a header is no secret. */
const SHORTEST_PART = 6;
/** If the end of the text cuts a secret off, this much of its beginning counts as the secret. */
const SHORTEST_PIECE = 8;
/** How often a text may be escaped (`%252F`), and how many encodings may be nested (base64 of base64). */
const ESCAPED_AT_MOST = 4;
const ENCODED_AT_MOST = 2;
/** Above this number of blocks, echoes are no longer located one by one. */
const MANY_BLOCKS = 200;

/**
 * Removes from `text` (latin1, one character per byte) what a reader would recognise of the secrets: as they are; escaped for JSON, JavaScript, URLs,
 * forms or HTML, also several times; in base64 of either alphabet, with or without padding, on one line or several; in hex. `cut`: the text was cut
 * off, so its end may be the beginning of a secret. Returns the same text if there is nothing to remove.
 */
export function withoutEchoes(text: string, secrets: readonly string[], cut = false): string {
  const forms = secrets.flatMap(formsOf);
  if (!shows(text, forms, cut, ENCODED_AT_MOST)) return text;
  let shown = '';
  let end = 0;
  for (const range of rangesOf(text, forms, cut, ENCODED_AT_MOST).sort((a, b) => a.start - b.start)) {
    if (range.start >= end) shown += text.slice(end, range.start) + REDACTED;
    end = Math.max(end, range.end);
  }
  return shown + text.slice(end);
}

/**
 * Removes the secrets from a text (UTF-8) in which somebody may repeat what was sent. null = a secret is too short to be told from other words, and
 * may be in the text.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string | null {
  if (secrets.some((secret) => secret !== '' && secret.length < SHORTEST_FORM && text.includes(secret))) return null;
  const bytes = Buffer.from(text).toString('latin1');
  const shown = withoutEchoes(bytes, secrets);
  return shown === bytes ? text : Buffer.from(shown, 'latin1').toString();
}

/**
 * A header's secret value and its parts: without its scheme, each of its parameters, and what Basic (RFC 7617) encodes. A program may parse the
 * header and echo a part.
 */
export function secretsIn(value: string): string[] {
  const [, scheme = '', rest = ''] = /^([\w-]+)[ \t]+(\S[^]*)$/.exec(value) ?? [];
  const parts = (rest || value).split(/[\s,;"]+/).map((part) => part.replace(/^[\w-]+=(?=.)/, ''));
  const decoded = scheme.toLowerCase() === 'basic' ? Buffer.from(rest, 'base64').toString() : '';
  const password = decoded.slice(decoded.indexOf(':') + 1);
  return [...new Set([value, rest, ...parts, decoded, password])].filter((secret) => secret.length >= SHORTEST_PART);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** A form of a secret, without gaps. */
interface Form {
  readonly text: string;
  /** Parts of it side by side. However the text is broken into lines, one of them is unbroken. */
  readonly probes: readonly string[];
}

const PROBE = 6;
const PROBES = 4;

const REMEMBERED = 1_000;
const remembered = new Map<string, readonly Form[]>();

/**
 * The secret as it is, and with anything unescaped that looks like an escape. Remembered, since the same few secrets are searched again and again.
 */
function formsOf(secret: string): readonly Form[] {
  const known = remembered.get(secret);
  if (known) return known;
  const forms = new Map<string, Form>();
  // A character of a header is one byte, if it can be.
  for (const bytes of [Buffer.from(secret), Buffer.from(secret, 'latin1')]) {
    let form = bytes.toString('latin1');
    for (let round = 0; round <= ESCAPED_AT_MOST; round++, form = unescaped(form)) {
      const text = squeezed(form);
      // Forms that differ only in gaps have the same text. The first one has most gaps, so its parts are in all of them.
      if (!forms.has(text)) forms.set(text, { text, probes: probesOf(form) });
    }
  }
  const long = [...forms.values()].filter(({ text }) => text.length >= SHORTEST_FORM);
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(secret, long);
  return long;
}

/** The longest parts of a form without a gap, from the end: secrets often begin alike, but end differently. */
const probesOf = (form: string): string[] =>
  partsOf(form)
    .flatMap((part) => Array.from({ length: Math.max(1, Math.floor(part.length / PROBE)) }, (_, i) => part.slice(-(i + 1) * PROBE, part.length - i * PROBE)))
    .sort((a, b) => b.length - a.length)
    .slice(0, PROBES);

/** Whether a form may be in the text, with or without gaps. */
const mayHold = (text: string, { probes }: Form): boolean => probes.some((probe) => text.includes(probe)) || text.includes('\0');

/** Whether the text has a secret. In the hot path: called for every answer with a body. */
function shows(text: string, forms: readonly Form[], cut: boolean, depth: number): boolean {
  const shortest = shortestOf(forms);
  if (cut ? forms.length === 0 : text.length < shortest) return false;
  let reading = text;
  for (let round = 0; ; round++) {
    for (const form of forms) if (mayHold(reading, form) && squeezed(reading).includes(form.text)) return true;
    if (cut && startOfCut(squeezed(reading.replace(CUT_ESCAPE, '')), forms) !== null) return true;
    const next = round < ESCAPED_AT_MOST ? unescaped(reading) : reading;
    if (next === reading) break;
    reading = next;
  }
  if (depth === 0) return false;
  const blocks = blocksOf(reading, cut ? SHORTEST_PIECE : shortest);
  return blocks.length > 0 && decodings(blocks).some((inner) => shows(inner, forms, cut, depth - 1));
}

/** Decodes all blocks together, once for each number of characters by which their beginnings may be off. */
function decodings(blocks: readonly Block[]): string[] {
  return encodings.flatMap((encoding) => {
    const alike = blocks.filter((block) => block.encoding === encoding);
    return alike.length === 0 ? [] : Array.from({ length: encoding.characters }, (_, skipped) => decoded(alike, encoding, skipped));
  });
}

/** Finds the places of echoes. Called only if there are any. */
function rangesOf(text: string, forms: readonly Form[], cut: boolean, depth: number): Range[] {
  const ranges: Range[] = [];
  let reading = asItIs(text);
  for (let round = 0; ; round++) {
    ranges.push(...found(reading, forms, cut));
    const next = round < ESCAPED_AT_MOST ? unescapedReading(reading) : reading;
    if (next.text === reading.text) break;
    reading = next;
  }
  if (depth === 0) return ranges;
  const blocks = blocksOf(reading.text, cut ? SHORTEST_PIECE : shortestOf(forms));
  if (blocks.length > MANY_BLOCKS)
    return decodings(blocks).some((inner) => shows(inner, forms, cut, depth - 1)) ? [{ start: 0, end: text.length }] : ranges;
  for (const block of blocks) ranges.push(...inBlock(block, forms, cut && block.start + block.encoded.length === reading.text.length, depth - 1).map((range) => placed(reading, range)));
  return ranges;
}

/** A block may have several, each aligned differently. */
function inBlock(block: Block, forms: readonly Form[], cut: boolean, depth: number): Range[] {
  const { start, encoded, encoding } = block;
  const perByte = encoding.characters / encoding.bytes;
  return Array.from({ length: encoding.characters }, (_, skipped) => skipped).flatMap((skipped) => {
    const inner = decoded([block], encoding, skipped);
    if (!shows(inner, forms, cut, depth)) return [];
    const digits = digitsOf(block);
    const placeOf = (digit: number): number => start + (digits[skipped + digit] ?? encoded.length);
    return rangesOf(inner, forms, cut, depth).map((range) => ({
      start: placeOf(Math.floor(range.start * perByte)),
      end: cut && range.end === inner.length ? start + encoded.length : placeOf(Math.ceil(range.end * perByte) - 1) + 1,
    }));
  });
}

/** The ranges in one reading of the text. */
function found(reading: Reading, forms: readonly Form[], cut: boolean): Range[] {
  const gapless = squeezedReading(reading);
  const ranges: Range[] = [];
  for (const { text: form } of forms)
    for (let at = gapless.text.indexOf(form); at !== -1; at = gapless.text.indexOf(form, at + form.length)) ranges.push(placed(gapless, { start: at, end: at + form.length }));
  if (!cut) return ranges;
  const { text } = squeezedReading({ ...reading, text: reading.text.replace(CUT_ESCAPE, '') });
  const start = startOfCut(text, forms);
  return start === null ? ranges : [...ranges, { start: gapless.starts[start] ?? 0, end: reading.ends.at(-1) ?? 0 }];
}

/** The start of a secret that the end of the text cuts off; null = there is none. */
function startOfCut(text: string, forms: readonly Form[]): number | null {
  let first: number | null = null;
  for (const { text: form } of forms) {
    const head = form.slice(0, SHORTEST_PIECE);
    for (let at = text.indexOf(head, Math.max(0, text.length - form.length + 1)); at !== -1; at = text.indexOf(head, at + 1))
      if (form.startsWith(text.slice(at)) && (first === null || at < first)) first = at;
  }
  return first;
}

/** The range in the text that the reading was made from. */
const placed = ({ starts, ends }: Reading, { start, end }: Range): Range => ({ start: starts[start] ?? 0, end: ends[end - 1] ?? 0 });

const shortestOf = (forms: readonly Form[]): number => forms.reduce((least, { text }) => Math.min(least, text.length), Infinity);
