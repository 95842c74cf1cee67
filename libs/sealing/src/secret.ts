import { inspect } from 'node:util';

const SHOWN = '[secret]';

/**
 * A value that must not be seen: it prints as `[secret]` in every way JavaScript has of printing. The text lives in a private field, so that neither
 * enumeration, spreading nor structuredClone meets it. Only the signer, the header builder and the sealer call `reveal`.
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
