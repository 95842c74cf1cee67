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

  constructor(private readonly pepper: Secret) {}

  /** Looks the key up each time. Only its HMAC is remembered, which takes several times as long as the rest. */
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
