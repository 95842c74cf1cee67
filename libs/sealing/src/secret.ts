import { inspect } from 'node:util';

const SHOWN = '[secret]';

/**
 * A value that must not be seen. Every way in which JavaScript prints it gives `[secret]`. The text is in a private field, so enumeration, spreading
 * and structuredClone do not reach it. Only the signer, the header builder and the sealer call `reveal`.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [Symbol.toPrimitive](): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
