import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Secret } from '@nuncio/sealing';

/**
 * Names of listeners that nobody can guess: `lsn_<random>.<which gateway>.<HMAC-SHA256 of both>`, each base64url. Every gateway of an installation reads from the
 * name, without asking anybody, that the installation has given it, and which of its gateways has the listener.
 */
export class ListenerIds {
  readonly #here: string;

  /** `replica` = the address of this gateway; undefined = it is the only one. */
  constructor(
    private readonly pepper: Secret,
    replica: string | undefined,
  ) {
    this.#here = replica ?? '';
  }

  next(): string {
    const head = `lsn_${randomBytes(24).toString('base64url')}.${Buffer.from(this.#here).toString('base64url')}`;
    return `${head}.${this.#seal(head).toString('base64url')}`;
  }

  /** The address of the gateway that has it; `here` = this one; null = the installation has given no such name. */
  placeOf(id: string): string | null {
    const at = id.lastIndexOf('.');
    const head = id.slice(0, at);
    const [, place] = head.split('.');
    const seal = Buffer.from(id.slice(at + 1), 'base64url');
    const own = this.#seal(head);
    if (place === undefined || seal.length !== own.length || !timingSafeEqual(seal, own)) return null;
    const address = Buffer.from(place, 'base64url').toString();
    // Without an address it was given when there was one gateway, and has ended with it.
    return address === '' || address === this.#here ? 'here' : address;
  }

  /** API keys are hashed with the same pepper, and have no space in them. */
  #seal(head: string): Buffer {
    return createHmac('sha256', this.pepper.reveal()).update(`listener ${head}`).digest();
  }
}
