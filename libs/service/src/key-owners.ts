import { createHmac, hash } from 'node:crypto';
import type { Principal } from '@nuncio/contracts';
import type { Secret } from '@nuncio/sealing';
import type { Principals } from './auth.guard.js';

/** Keys are made again and again, and ended. */
const MANY = 10_000;

/** HMAC-SHA256 of an API key under the installation's pepper, base64url: all that is ever stored of it. */
export const hashApiKey = (pepper: Secret, key: string): string => createHmac('sha256', pepper.reveal()).update(key).digest('base64url');

/** What stands in `Authorization: Bearer <credentials>` (RFC 6750 §2.1); empty where nothing does. */
export const bearerOf = (header: string | undefined): string => /^Bearer +([\x21-\x7e]+) *$/i.exec(header ?? '')?.[1] ?? '';

/** Whose an API key is. One for a process, so that each key is hashed with the pepper once. */
export class KeyOwners {
  /** The owners of known keys, by the SHA-256 of the key. */
  readonly #keyHashes = new Map<string, string>();

  constructor(private readonly pepper: Secret) {}

  /** Asked anew each time. Only the HMAC is remembered, which takes several times as long as everything else here. */
  async find(key: string, principals: Pick<Principals, 'find'>): Promise<Principal | null> {
    const digest = hash('sha256', key, 'base64');
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
}
