import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Fault, type Sealed } from '@nuncio/contracts';
import type { KeyRing } from './key-ring.js';
import { Secret } from './secret.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;

/** Whose secret this is. It is authenticated with the ciphertext, so that one moved to another place does not open. */
export interface SealContext {
  readonly tenant: string;
  readonly kind: 'credential' | 'callback' | 'token';
  readonly id: string;
  /** Which of its secrets: `clientSecret`, `headers.X-Gate`, `signing`. */
  readonly field: string;
  /** Where the holder has one that is known when opening: a token's generation. */
  readonly version?: number;
}

/** AES-256-GCM under a data key of its own, which is wrapped by the ring's active key: `s1.<key id>.<wrapped key>.<nonce, ciphertext, tag>`, base64url. */
export function seal(ring: KeyRing, secret: Secret, context: SealContext): Sealed {
  const aad = associatedData(context);
  const dataKey = randomBytes(KEY_BYTES);
  const wrapped = encrypt(keyOf(ring, ring.active), dataKey, aad);
  const sealed = encrypt(dataKey, Buffer.from(secret.reveal(), 'utf8'), aad);
  return `s1.${ring.active}.${wrapped.toString('base64url')}.${sealed.toString('base64url')}`;
}

/** Throws Fault `corrupt` when it was sealed for another place, by an unknown key, or was altered. */
export function open(ring: KeyRing, sealed: Sealed, context: SealContext): Secret {
  const [scheme, keyId, wrappedText, text] = sealed.split('.');
  const wrapped = Buffer.from(wrappedText ?? '', 'base64url');
  if (scheme !== 's1' || !keyId || !text || wrapped.length !== WRAPPED_BYTES) throw new Fault('corrupt', 'this is no sealed secret');
  const aad = associatedData(context);
  const dataKey = decrypt(keyOf(ring, keyId), wrapped, aad);
  return new Secret(decrypt(dataKey, Buffer.from(text, 'base64url'), aad).toString('utf8'));
}

function keyOf(ring: KeyRing, id: string): Buffer {
  const key = ring.keys.get(id);
  if (!key) throw new Fault('corrupt', `there is no key "${id}" in this ring`);
  return key;
}

const associatedData = (c: SealContext): Buffer => Buffer.from(JSON.stringify([c.tenant, c.kind, c.id, c.field, c.version ?? null]));

function encrypt(key: Buffer, plain: Buffer, aad: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, aad: Buffer): Buffer {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new Fault('corrupt', 'a sealed secret was cut');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(aad).setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new Fault('corrupt', 'a sealed secret was altered, or belongs elsewhere');
  }
}
