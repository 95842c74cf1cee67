import { createDecipheriv } from 'node:crypto';

/** Opens a sealed secret as docs/security.md describes it, without the product's code. `ring`: as in the `*_KEYS` settings. */
export function opened(ring: string, sealed: string, place: readonly [tenant: string, kind: string, id: string, field: string]): string {
  const [, keyId = '', wrapped = '', text = ''] = sealed.split('.');
  const key = ring.split(',').find((entry) => entry.startsWith(`${keyId}:`))?.slice(keyId.length + 1) ?? '';
  const dataKey = decrypt(Buffer.from(key, 'base64'), Buffer.from(wrapped, 'base64url'), ['s1', keyId]);
  return decrypt(dataKey, Buffer.from(text, 'base64url'), [...place, null]).toString();
}

function decrypt(key: Buffer, bytes: Buffer, associated: readonly unknown[]): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(JSON.stringify(associated))).setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
}
