import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Secret } from '@nuncio/sealing';

/**
 * Names of listeners, which cannot be guessed: `lsn_<random>.<gateway>.<HMAC-SHA256 of both>`, each in base64url. From a name every gateway of the
 * installation can tell, without asking others, that it is genuine, and which gateway has the listener.
 */
export class ListenerIds {
  readonly #here: string;

  /** `replica`: the address of this gateway; undefined = it is the only one. */
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

  /** The address of the gateway that has the listener; `here` = this one; null = the name is not genuine. */
  placeOf(id: string): string | null {
    const at = id.lastIndexOf('.');
    const head = id.slice(0, at);
    const [, place] = head.split('.');
    const seal = Buffer.from(id.slice(at + 1), 'base64url');
    const own = this.#seal(head);
    if (place === undefined || seal.length !== own.length || !timingSafeEqual(seal, own)) return null;
    const address = Buffer.from(place, 'base64url').toString();
    // A name without an address was given by the only gateway that there was; the listener has ended with it.
    return address === '' || address === this.#here ? 'here' : address;
  }

  /** API keys are hashed with the same pepper. They have no space in them, so the two cannot collide. */
  #seal(head: string): Buffer {
    return createHmac('sha256', this.pepper.reveal()).update(`listener ${head}`).digest();
  }
}
