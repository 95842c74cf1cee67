export interface Verdict {
  readonly holds: boolean;
  /** What was signed. */
  readonly signed: string;
}

/** Standard Webhooks: HMAC-SHA256 (`v1`) or Ed25519 (`v1a`) over `id.timestamp.body`. `key` is `whsec_…` or `whpk_…`. Throws if it is no key. */
export async function verify(headers: Readonly<Record<string, string | string[]>>, body: string, key: string): Promise<Verdict> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => String(headers[name] ?? ''));
  const signed = `${id}.${timestamp}.${body}`;
  const isPublic = key.startsWith('whpk_');
  const raw = Uint8Array.fromBase64(key.replace(/^wh(?:sec|pk)_/, ''));
  const algorithm = isPublic ? { name: 'Ed25519' } : { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', raw, algorithm, false, ['verify']);
  const candidates = (signatures ?? '').split(' ').filter((one) => one.startsWith(isPublic ? 'v1a,' : 'v1,')).map((one) => one.slice(one.indexOf(',') + 1));
  const verdicts = await Promise.all(candidates.map((one) => crypto.subtle.verify(algorithm, imported, Uint8Array.fromBase64(one), new TextEncoder().encode(signed))));
  return { holds: verdicts.includes(true), signed };
}
