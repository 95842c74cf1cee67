import { readFileSync } from 'node:fs';
import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '@nuncio/sealing';
import { schemes, signatureHeaders, type Scheme, type SigningInput } from './index.js';
import { textKey } from './given-secret.js';
import type { LiveSecret } from './scheme.js';
import { authorization, signingString } from './webhookie.js';

interface Vectors {
  persona: { name: string; t: number; body: string; secrets: string[]; header: string }[];
  webhookie: {
    name: string;
    method: string;
    url: string;
    date: string;
    traceId: string;
    spanId: string;
    keyId: string;
    secret: string;
    signingString: string;
    authorization: string;
  }[];
  standardWebhooks: { name: string; secret: string; id: string; timestamp: number; body: string; signature: string }[];
  standardWebhooksEd25519: { name: string; privateKey: string; publicKey: string; id: string; timestamp: number; body: string; signature: string }[];
}
const vectors = JSON.parse(readFileSync(new URL('./vectors/signatures.json', import.meta.url), 'utf8')) as Vectors;

const named = (name: string): Scheme => schemes.get(name)!;
const live = (text: string, expiresAt: number | null = null, keyId = 'cb_1'): LiveSecret => ({ secret: new Secret(text), keyId, expiresAt });
const input = (over: Partial<SigningInput> = {}): SigningInput => ({
  body: Buffer.from('{}'),
  sentAt: 1_764_686_826_123,
  method: 'POST',
  url: 'https://consumer.example.com/hooks',
  eventId: 'evt_1',
  deliveryId: 'dlv_1',
  attempt: { made: 1, left: 7, firstAt: 1_764_686_826_123 },
  ...over,
});

describe('persona', () => {
  it.each(vectors.persona)('signs the vector "$name"', ({ t, body, secrets, header }) => {
    const sign = named('persona').signer(secrets.map((s, i) => live(s, i === 0 ? null : Infinity)));
    expect(sign(input({ sentAt: t * 1_000 + 999, body: Buffer.from(body) }))['Persona-Signature']).toBe(header);
  });

  it('counts attempts', () => {
    const sign = named('persona').signer([live('wbhsec_new')]);
    expect(sign(input({ sentAt: 1_764_686_900_000, attempt: { made: 2, left: 6, firstAt: 1_764_686_826_999 } }))).toMatchObject({
      'Persona-Webhook-Attempts-Made': '2',
      'Persona-Webhook-Attempts-Left': '6',
      'Persona-Webhook-First-Attempted-At': '1764686826',
    });
  });
});

describe('webhookie', () => {
  it.each(vectors.webhookie)('signs the vector "$name"', ({ secret, keyId, ...vector }) => {
    expect(signingString(vector)).toBe(vector.signingString);
    expect(authorization(textKey(new Secret(secret)), keyId, vector)).toBe(vector.authorization);
  });

  it('signs only with the newest secret, under its key id, and sends the signed date', () => {
    const sign = named('webhookie').signer([live('new-secret', null, 'new'), live('old-secret', Infinity, 'old')]);
    const headers = sign(input({ method: 'put' }));
    expect(headers).toEqual({
      'x-trace-id': 'evt_1',
      'x-span-id': 'dlv_1',
      Date: '2025-12-02T14:47:06.123Z',
      Authorization: authorization(textKey(new Secret('new-secret')), 'new', {
        method: 'PUT',
        url: 'https://consumer.example.com/hooks',
        date: '2025-12-02T14:47:06.123Z',
        traceId: 'evt_1',
        spanId: 'dlv_1',
      }),
    });
  });

  it('refuses a key id that would break its header', () => {
    expect(named('webhookie').settings.safeParse({ keyId: 'a,b' }).success).toBe(false);
    expect(named('webhookie').settings.safeParse({ keyId: 'k:1@x' }).success).toBe(true);
  });
});

describe('standard-webhooks', () => {
  const scheme = named('standard-webhooks');

  it.each(vectors.standardWebhooks)('signs the $name', ({ secret, id, timestamp, body, signature }) => {
    expect(scheme.signer([live(secret)])(input({ eventId: id, sentAt: timestamp * 1_000, body: Buffer.from(body) }))).toMatchObject({
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    });
  });

  it.each(vectors.standardWebhooksEd25519)('signs the $name and shows its public half', ({ privateKey, publicKey, id, timestamp, body, signature }) => {
    expect(scheme.signer([live(privateKey)])(input({ eventId: id, sentAt: timestamp * 1_000, body: Buffer.from(body) }))['webhook-signature']).toBe(signature);
    expect(scheme.publicKey(new Secret(privateKey))).toBe(publicKey);
  });

  it('signs with every valid secret, newest first, and with none from the millisecond it expires', () => {
    const [a, b] = [scheme.generateSecret(), scheme.generateSecret()].map((s) => s.reveal());
    const alone = (text: string, at: number): string | undefined => scheme.signer([live(text)])(input({ sentAt: at }))['webhook-signature'];
    const sign = scheme.signer([live(a!), live(b!, 5_000)]);
    expect(sign(input({ sentAt: 4_999 }))['webhook-signature']).toBe(`${alone(a!, 4_999)!} ${alone(b!, 4_999)!}`);
    expect(sign(input({ sentAt: 5_000 }))['webhook-signature']).toBe(alone(a!, 5_000));
  });

  it('generates Ed25519 keys whose signatures the public half verifies', () => {
    const secret = scheme.generateSecret({ keyType: 'ed25519' });
    const x = Buffer.from(scheme.publicKey(secret)!.slice('whpk_'.length), 'base64').toString('base64url');
    const signed = scheme.signer([{ secret, keyId: 'k', expiresAt: null }])(input({ sentAt: 1_000 }))['webhook-signature']!;
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    expect(verify(null, Buffer.from('evt_1.1.{}'), publicKey, Buffer.from(signed.slice('v1a,'.length), 'base64'))).toBe(true);
  });

  it.each([
    ['too short', 'whsec_c2hvcnQ='],
    ['too long', `whsec_${Buffer.alloc(65).toString('base64')}`],
    ['without its prefix', Buffer.alloc(32).toString('base64')],
    ['no base64', 'whsec_%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%'],
    ['an Ed25519 seed with another key', `whsk_${Buffer.alloc(64).toString('base64')}`],
  ])('refuses a secret that is %s', (_, secret) => {
    expect(scheme.settings.safeParse({ secret }).success).toBe(false);
  });
});

describe('every scheme', () => {
  const all = [...schemes.values()];

  it.each(all.filter((s) => s.usesSecrets))('$name accepts the secret that it generates, and never signs without one', (scheme) => {
    expect(scheme.settings.safeParse({ secret: scheme.generateSecret().reveal() }).success).toBe(true);
    expect(() => scheme.signer([])).toThrow('no secret to sign with');
    expect(() => scheme.signer([{ secret: scheme.generateSecret(), keyId: 'k', expiresAt: 1 }])).toThrow('no secret to sign with');
  });

  it.each(all)('$name sets the headers that it declares, and the trace', (scheme) => {
    const secrets = scheme.usesSecrets ? [{ secret: scheme.generateSecret(), keyId: 'k', expiresAt: null }] : [];
    expect(Object.keys(scheme.signer(secrets)(input())).sort()).toEqual(['x-trace-id', 'x-span-id', ...scheme.sets].sort());
  });

  it('keeps signature, attempt and trace headers for itself', () => {
    expect([...signatureHeaders]).toEqual(expect.arrayContaining(['persona-signature', 'persona-webhook-attempts-left', 'webhook-id', 'date', 'x-trace-id']));
    expect(signatureHeaders.has('authorization')).toBe(false);
  });
});
