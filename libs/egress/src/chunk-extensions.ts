/**
 * Removes the extensions of a chunked body (RFC 9112 §7.1.1), which mean nothing to us: llhttp does not accept the white space that they may contain. Everything else
 * is passed on as it is, for the parser to refuse what is wrong.
 *
 * | state | is within                                                        | goes on                                                |
 * |-------|------------------------------------------------------------------|--------------------------------------------------------|
 * | size  | the digits of a chunk's size                                     | blank, ext, line, or rest at any other byte            |
 * | blank | white space behind them                                          | ext, line, or rest at any other byte                   |
 * | ext   | an extension: dropped                                            | line, or rest at a control character                   |
 * | line  | between CR and LF                                                | data; rest behind the last chunk, or at any other byte |
 * | data  | a chunk's bytes and the CR LF behind them                        | size                                                   |
 * | rest  | the trailers, or what the parser refuses                         | –                                                      |
 */
export class ChunkExtensions {
  #state: 'size' | 'blank' | 'ext' | 'line' | 'data' | 'rest' = 'size';
  #size = 0;
  #left = 0;

  /** The next bytes of the body, without what is dropped. */
  remove(bytes: Buffer): Buffer {
    const kept: Buffer[] = [];
    let from = 0;
    for (let at = 0; at < bytes.length && this.#state !== 'rest'; ) {
      if (this.#state === 'data') {
        const skipped = Math.min(this.#left, bytes.length - at);
        at += skipped;
        this.#left -= skipped;
        if (this.#left === 0) [this.#state, this.#size] = ['size', 0];
        continue;
      }
      const before = this.#state;
      this.#step(bytes[at] ?? 0);
      if (before !== 'ext' && this.#state === 'ext') kept.push(bytes.subarray(from, at));
      if (before === 'ext' && this.#state !== 'ext') from = at;
      at++;
    }
    if (kept.length === 0 && from === 0) return this.#state === 'ext' ? NONE : bytes;
    return Buffer.concat(this.#state === 'ext' ? kept : [...kept, bytes.subarray(from)]);
  }

  #step(byte: number): void {
    const state = this.#state;
    if (state === 'line') {
      this.#left = this.#size + 2;
      this.#state = byte === LF && this.#size > 0 ? 'data' : 'rest';
    } else if (byte === CR) this.#state = 'line';
    else if (state === 'ext') this.#state = (byte < SPACE && byte !== TAB) || byte === DELETE ? 'rest' : 'ext';
    else if (byte === SEMICOLON) this.#state = 'ext';
    else if (byte === SPACE || byte === TAB) this.#state = 'blank';
    else if (state === 'size' && HEX[byte] !== undefined) this.#size = this.#size * 16 + HEX[byte];
    else this.#state = 'rest';
  }
}

const NONE = Buffer.alloc(0);
const [TAB, LF, CR, SPACE, SEMICOLON, DELETE] = [9, 10, 13, 32, 59, 127];
const HEX: Readonly<Partial<Record<number, number>>> = Object.fromEntries(Array.from('0123456789abcdefABCDEF', (digit) => [digit.charCodeAt(0), parseInt(digit, 16)]));

/** Whether a head, as `AnswerHead` gives it, says that its body is chunked. */
export const isChunked = (head: string): boolean => /^transfer-encoding:(?:.*[, \t])?chunked[ \t]*\r$/im.test(head);
