import { createHmac, hash } from 'node:crypto';
import type { Principal } from '@nuncio/contracts';
import type { Secret } from '@nuncio/sealing';
import type { Principals } from './auth.guard.js';

/** Keys come and go, so the memory is limited. */
const MANY = 10_000;

/** HMAC-SHA256 of an API key under the installation's pepper, base64url. Nothing else of a key is ever stored. */
export const hashApiKey = (pepper: Secret, key: string): string => createHmac('sha256', pepper.reveal()).update(key).digest('base64url');

/** The credentials of `Authorization: Bearer <credentials>` (RFC 6750 §2.1); empty = there are none. */
export const bearerOf = (header: string | undefined): string => /^Bearer +([\x21-\x7e]+) *$/i.exec(header ?? '')?.[1] ?? '';

/** Finds the owner of an API key. One per process, so that each key is hashed with the pepper once. */
export class KeyOwners {
  /** Keyed hashes by the SHA-256 of the key. */
  readonly #keyHashes = new Map<string, string>();

  /** SHA-256 of the keys that were looked up in this turn of the event loop: a request's key is looked up more than once. No key is kept for longer. */
  readonly #digests = new Map<string, string>();

  constructor(private readonly pepper: Secret) {}

  /** Looks the key up each time. Only its HMAC is remembered, which takes several times as long as the rest. */
  async find(key: string, principals: Pick<Principals, 'find'>): Promise<Principal | null> {
    const digest = this.#digestOf(key);
    const known = this.#keyHashes.get(digest);
    if (known !== undefined) return principals.find(known);
    const keyHash = hashApiKey(this.pepper, key);
    const principal = await principals.find(keyHash);
    if (principal) {
      if (this.#keyHashes.size >= MANY) this.#keyHashes.clear();
      this.#keyHashes.set(digest, keyHash);
    }
    return principal;
  }

  #digestOf(key: string): string {
    let digest = this.#digests.get(key);
    if (digest === undefined) {
      digest = hash('sha256', key, 'base64');
      if (this.#digests.size === 0) setImmediate(() => { this.#digests.clear(); });
      this.#digests.set(key, digest);
    }
    return digest;
  }
}
