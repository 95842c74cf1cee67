import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { Fault, type Sealed } from '@nuncio/contracts';
import type { KeyRing } from './key-ring.js';
import { Secret } from './secret.js';

const SCHEME = 's1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;

/** The place of a secret. It is authenticated with the ciphertext, so that a secret moved to another place does not open. */
export interface SealContext {
  readonly tenant: string;
  readonly kind: 'credential' | 'callback' | 'token' | 'session' | 'answer';
  readonly id: string;
  /** The secret's field, such as `clientSecret`, `headers.X-Gate`, `signing`. */
  readonly field: string;
  /** A version of the owner, if it is known when the secret is opened: a token's generation. */
  readonly version?: number;
}

/**
 * Encrypts with AES-256-GCM under a data key of its own, which the ring's active key wraps: `s1.<key id>.<wrapped key>.<nonce, ciphertext, tag>`,
 * base64url.
 */
export function seal(ring: KeyRing, secret: Secret, context: SealContext): Sealed {
  const dataKey = randomBytes(KEY_BYTES);
  const sealed = encrypt(createSecretKey(dataKey), Buffer.from(secret.reveal()), placeOf(context));
  return write({ keyId: ring.active, wrapped: wrap(ring, dataKey), sealed });
}

/** The size of the secret in bytes. */
export const lengthOf = (sealed: Sealed): number => Math.floor(((sealed.length - sealed.lastIndexOf('.') - 1) * 3) / 4) - NONCE_BYTES - TAG_BYTES;

/** Throws Fault `corrupt` if it was sealed for another place, by an unknown key, or was altered. */
export function open(ring: KeyRing, sealed: Sealed, context: SealContext): Secret {
  const parts = read(sealed);
  return new Secret(decrypt(createSecretKey(unwrap(ring, parts)), parts.sealed, placeOf(context)).toString());
}

/**
 * Wraps the data key under the ring's active key; the ciphertext stays the same. The secret is not decrypted, and its place need not be known, since
 * the ciphertext is what is bound to the place. Unchanged if the active key wraps it already. Throws Fault `corrupt` like `open`.
 */
export function rewrap(ring: KeyRing, sealed: Sealed): Sealed {
  const parts = read(sealed);
  if (parts.keyId === ring.active) return sealed;
  return write({ keyId: ring.active, wrapped: wrap(ring, unwrap(ring, parts)), sealed: parts.sealed });
}

interface Parts {
  readonly keyId: string;
  readonly wrapped: Buffer;
  readonly sealed: Buffer;
}

const write = ({ keyId, wrapped, sealed }: Parts): Sealed => `${SCHEME}.${keyId}.${wrapped.toString('base64url')}.${sealed.toString('base64url')}`;

function read(text: Sealed): Parts {
  const [, keyId = '', wrapped = '', sealed = ''] = text.split('.');
  const parts = { keyId, wrapped: Buffer.from(wrapped, 'base64url'), sealed: Buffer.from(sealed, 'base64url') };
  if (parts.wrapped.length !== WRAPPED_BYTES || parts.sealed.length < NONCE_BYTES + TAG_BYTES) throw new Fault('corrupt', 'this is not a sealed secret');
  // Node.js' decoder skips characters that are not base64url. This check allows only one text for the same bytes.
  if (write(parts) !== text) throw new Fault('corrupt', 'this is not a sealed secret');
  return parts;
}

const wrap = (ring: KeyRing, dataKey: Buffer): Buffer => encrypt(keyOf(ring, ring.active), dataKey, wrapping(ring.active));
const unwrap = (ring: KeyRing, { keyId, wrapped }: Parts): Buffer => decrypt(keyOf(ring, keyId), wrapped, wrapping(keyId));

function keyOf(ring: KeyRing, id: string): KeyObject {
  const key = ring.keys.get(id);
  if (!key) throw new Fault('corrupt', `there is no key "${id}" in this ring`);
  return key;
}

const placeOf = (c: SealContext): Buffer => Buffer.from(JSON.stringify([c.tenant, c.kind, c.id, c.field, c.version ?? null]));
const wrapping = (keyId: string): Buffer => Buffer.from(JSON.stringify([SCHEME, keyId]));

function encrypt(key: KeyObject, plain: Buffer, aad: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: KeyObject, sealed: Buffer, aad: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(aad).setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new Fault('corrupt', 'a sealed secret was altered, or belongs elsewhere');
  }
}
