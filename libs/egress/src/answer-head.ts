/** The most bytes from the status line to the blank line. */
export const MAX_HEAD_BYTES = 131_072;

/** The head is longer than `MAX_HEAD_BYTES`. */
class HeadTooLarge extends Error {
  readonly code = 'UND_ERR_HEADERS_OVERFLOW';
}

/**
 * Collects bytes until an answer's head is complete, and rewrites it for a strict parser: drops interim answers, and repairs what RFC 9112 lets a
 * recipient repair. Anything else is passed on as it is, for the parser to refuse.
 */
export class AnswerHead {
  #held = NONE;
  #length = 0;
  #searched = 0;

  /** The head and the bytes after it; null = more are needed. Throws HeadTooLarge. */
  read(chunk: Buffer): Buffer | null {
    let bytes = this.#join(chunk);
    for (;;) {
      if (!mayBeHead(bytes)) return this.#give(bytes);
      const end = endOf(bytes, this.#searched);
      if ((end === -1 ? bytes.length : end) > MAX_HEAD_BYTES) throw new HeadTooLarge('the head of the answer is too large');
      if (end === -1) {
        this.#keep(bytes);
        return null;
      }
      if (isPlain(bytes, end)) return this.#give(bytes);
      const plain = plainHead(bytes.toString('latin1', 0, end));
      const rest = bytes.subarray(end);
      if (plain !== INTERIM) return this.#give(Buffer.concat([Buffer.from(plain, 'latin1'), rest]));
      this.#give(rest);
      bytes = withoutBlankLines(rest);
    }
  }

  /** The buffer grows by doubling, since a server may send one byte at a time. */
  #join(chunk: Buffer): Buffer {
    if (this.#length === 0) return withoutBlankLines(chunk);
    const length = this.#length + chunk.length;
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafe(2 * length);
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    chunk.copy(this.#held, this.#length);
    return this.#held.subarray(0, length);
  }

  #keep(bytes: Buffer): void {
    if (this.#length === 0) this.#held = Buffer.from(bytes);
    this.#length = bytes.length;
    this.#searched = Math.max(0, bytes.length - 3);
  }

  #give(bytes: Buffer): Buffer {
    this.#held = NONE;
    this.#length = this.#searched = 0;
    return bytes;
  }
}

const NONE = Buffer.alloc(0);
const INTERIM = '';
const [CR, LF] = [13, 10];

/** Skips blank lines before an answer (RFC 9112 §2.2 mentions them before requests; parsers skip them here too). */
function withoutBlankLines(bytes: Buffer): Buffer {
  let start = 0;
  while (bytes[start] === CR || bytes[start] === LF) start++;
  return start === 0 ? bytes : bytes.subarray(start);
}

function mayBeHead(bytes: Buffer): boolean {
  for (let at = 0; at < START.length && at < bytes.length; at++) if (bytes[at] !== START[at]) return false;
  return true;
}

const START = Buffer.from('HTTP/');

/** The end of the blank line that ends the head; -1 = not in this part. A line may end in LF alone (RFC 9112 §2.2). */
function endOf(bytes: Buffer, from: number): number {
  const strict = bytes.indexOf('\n\r\n', from, 'latin1');
  const bare = (strict === -1 ? bytes : bytes.subarray(0, strict + 1)).indexOf('\n\n', from, 'latin1');
  if (bare !== -1) return bare + 2;
  return strict === -1 ? -1 : strict + 3;
}

/**
 * Whether a strict parser accepts the head as it is: no interim answer, no version above 1.1, no line ending in LF alone or in spaces, no folded
 * line, no space before a colon, no control characters, no repeated length. A plain loop, since every answer passes it.
 */
function isPlain(bytes: Buffer, end: number): boolean {
  if ((bytes[7] !== ZERO && bytes[7] !== ONE) || bytes[9] === ONE) return false;
  let before = 0;
  let lineAt = 0;
  let lengths = 0;
  let within: 'status' | 'name' | 'value' | 'length' = 'status';
  for (let at = 8; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === LF) {
      if (before !== CR) return false;
      within = 'name';
      lineAt = at + 1;
    } else if (before === CR || (byte < SPACE && byte !== CR && byte !== TAB) || byte === DELETE) return false;
    else if (byte === CR || (byte === COLON && within === 'name')) {
      if (before === SPACE || before === TAB) return false;
      if (byte === COLON) within = isLength(bytes, lineAt, at) ? 'length' : 'value';
      if (within === 'length' && byte === COLON && ++lengths > 1) return false;
    } else if ((byte === SPACE || byte === TAB) && at === lineAt) return false;
    else if (byte === COMMA && within === 'length') return false;
    before = byte;
  }
  return true;
}

const isLength = (bytes: Buffer, start: number, end: number): boolean => end - start === 14 && bytes.toString('latin1', start, end).toLowerCase() === 'content-length';

const [TAB, SPACE, COMMA, ZERO, ONE, COLON, DELETE] = [9, 32, 44, 48, 49, 58, 127];

const STATUS_LINE = /^HTTP\/1\.(\d) (\d{3})(?: ([\t -~\x80-\xff]*))?$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9a-z-]+)[ \t]*:(.*)$/is;

/**
 * The head as a strict parser accepts it; unchanged if it must not be repaired; INTERIM for 1xx, which may come unasked and more than once (RFC 9110
 * §15.2). 101 is no interim answer, since no other protocol was asked for.
 */
function plainHead(head: string): string {
  const [first = '', ...rest] = head.split(/\r?\n/).slice(0, -2);
  const status = STATUS_LINE.exec(first.trimEnd());
  if (!status) return head;
  const [, minor = '', code = '', reason = ''] = status;
  if (code.startsWith('1') && code !== '101') return INTERIM;
  const fields: string[] = [];
  for (const line of unfolded(rest)) {
    const [, name, value = ''] = FIELD.exec(line) ?? [];
    // NUL and a bare CR are used in attacks (RFC 9110 §5.5), so they are not repaired.
    if (name === undefined || /[\0\r]/.test(value)) return head;
    fields.push(`${name}: ${value.replace(/[^\t -~\x80-\xff]/g, ' ').replace(/^[ \t]+|[ \t]+$/g, '')}`);
  }
  return [`HTTP/1.${minor === '0' ? 0 : 1} ${code} ${reason}`, ...withOneLength(fields), '', ''].join('\r\n');
}

/** A line that begins with white space continues the one before (RFC 9112 §5.2 requires a user agent to accept it). */
function unfolded(lines: readonly string[]): string[] {
  const whole: string[] = [];
  for (const line of lines) {
    const before = whole.at(-1);
    if (/^[ \t]/.test(line) && before !== undefined) whole[whole.length - 1] = `${before} ${line.trim()}`;
    else whole.push(line);
  }
  return whole;
}

/** Merges equal lengths, in a list or in lines of their own (RFC 9110 §8.6). Different ones are left for the parser to refuse. */
function withOneLength(fields: readonly string[]): string[] {
  const lengths = fields.filter((field) => LENGTH.test(field)).flatMap((field) => field.replace(LENGTH, '').split(/[ \t]*,[ \t]*/));
  const [length = ''] = lengths;
  if (lengths.length < 2 || !/^\d+$/.test(length) || lengths.some((other) => other !== length)) return [...fields];
  return [...fields.filter((field) => !LENGTH.test(field)), `content-length: ${length}`];
}

const LENGTH = /^content-length: /i;
