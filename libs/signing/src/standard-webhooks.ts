import { createPrivateKey, createPublicKey, createSecretKey, sign, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { hmac, scheme, unixSeconds } from './scheme.js';

const HMAC_PREFIX = 'whsec_';
const ED25519_PREFIX = 'whsk_';
const SEED_BYTES = 32;
/** The beginning of an Ed25519 private key in PKCS #8, up to its seed (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

const GivenSecret = z.string().refine(isSecret, 'must be whsec_ and base64 of 24 to 64 bytes, or whsk_ and base64 of an Ed25519 seed and its public key');

/**
 * Standard Webhooks: `webhook-signature` over `id.timestamp.body`, one signature per live secret, newest first, separated
 * by spaces: `v1,<base64 HMAC-SHA256>` for a `whsec_` secret, `v1a,<base64 Ed25519>` for a `whsk_` one.
 */
export const standardWebhooks = scheme({
  name: 'standard-webhooks',
  settings: z.strictObject({ secret: GivenSecret.optional(), keyType: z.enum(['hmac', 'ed25519']).default('hmac') }),
  sets: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
  secret: {
    generate: ({ keyType }, random) => {
      if (keyType === 'hmac') return HMAC_PREFIX + random(32).toString('base64');
      const seed = random(SEED_BYTES);
      return ED25519_PREFIX + Buffer.concat([seed, publicHalf(privateKey(seed))]).toString('base64');
    },
    key: (secret) => {
      const bytes = decode(secret.reveal());
      return isEd25519(secret.reveal()) ? privateKey(bytes.subarray(0, SEED_BYTES)) : createSecretKey(bytes);
    },
    publicKey: (secret) => (isEd25519(secret.reveal()) ? `whpk_${decode(secret.reveal()).subarray(SEED_BYTES).toString('base64')}` : null),
  },
  headers: ({ eventId, sentAt, body }, keys) => {
    const timestamp = String(unixSeconds(sentAt));
    const prefix = `${eventId}.${timestamp}.`;
    return { 'webhook-id': eventId, 'webhook-timestamp': timestamp, 'webhook-signature': keys.map(({ key }) => signature(key, prefix, body)).join(' ') };
  },
});

const signature = (key: KeyObject, prefix: string, body: Buffer): string =>
  key.type === 'private' ? `v1a,${sign(null, Buffer.concat([Buffer.from(prefix), body]), key).toString('base64')}` : `v1,${hmac(key, 'base64', prefix, body)}`;

function isSecret(text: string): boolean {
  if (!/^wh(sec|sk)_[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
  const bytes = decode(text);
  if (!isEd25519(text)) return bytes.length >= 24 && bytes.length <= 64;
  return bytes.length === 2 * SEED_BYTES && publicHalf(privateKey(bytes.subarray(0, SEED_BYTES))).equals(bytes.subarray(SEED_BYTES));
}

const isEd25519 = (text: string): boolean => text.startsWith(ED25519_PREFIX);

const decode = (text: string): Buffer => Buffer.from(text.slice(text.indexOf('_') + 1), 'base64');

const privateKey = (seed: Buffer): KeyObject => createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });

/** The last 32 bytes of the SubjectPublicKeyInfo (RFC 8410 §4). */
const publicHalf = (key: KeyObject): Buffer => createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-SEED_BYTES);
