import { describe, expect, it } from '@jest/globals';
import { isFault } from '@nuncio/contracts';
import { Secret } from '@nuncio/sealing';
import { schemes, type SigningInput } from '@nuncio/signing';
import { effective, type CallbackState, type Settings } from './callback.js';
import { blankCallback, editCallback, type CallbackRules } from './edit-callback.js';
import { rotateSecret } from './signing-secrets.js';

const NOW = 1_000_000_000_000;
const PREFIX = 's1.';

let made = 0;
const rules: CallbackRules = {
  seal: (_, text) => PREFIX + text,
  checkUrl: (url) => ({ ok: true, url }),
  random: (bytes) => Buffer.alloc(bytes, ++made),
};

const saved = (signing: NonNullable<Settings['signing']>): CallbackState => {
  const blank = blankCallback({ id: 'cb_1', tenant: 'acme', application: 'app_1', groups: [], name: 'ledger' });
  return effective({ ...blank, ...editCallback(blank, { url: 'https://hooks.acme.com', signing }, rules).fields });
};
const after = (state: CallbackState, rotation: ReturnType<typeof rotateSecret>): CallbackState => effective({ ...state, ...rotation.fields });

/** The number of signatures in a request sent at that time, and their text, made by the dispatcher's signer from the published callback. */
function signed({ id, signing }: CallbackState, sentAt: number): { signatures: number; text: string } {
  const secrets = signing.secrets.map(({ secret, keyId, expiresAt }) => ({ secret: new Secret(secret.slice(PREFIX.length)), keyId: keyId ?? signing.keyId ?? id, expiresAt }));
  const input: SigningInput = { body: Buffer.from('{}'), sentAt, method: 'POST', url: 'https://hooks.acme.com', eventId: 'evt_1', deliveryId: 'dlv_1', attempt: { made: 1, left: 0, firstAt: sentAt } };
  const headers = schemes.get(signing.scheme)?.signer(secrets)(input) ?? {};
  const text = headers['Persona-Signature'] ?? headers['webhook-signature'] ?? headers.Authorization ?? '';
  return { signatures: [...text.matchAll(/v1a?[=,]|,signature=/g)].length, text };
}

const kinds = {
  persona: { scheme: 'persona' },
  'standard-webhooks': { scheme: 'standard-webhooks' },
  'standard-webhooks with ed25519': { scheme: 'standard-webhooks', keyType: 'ed25519' },
  webhookie: { scheme: 'webhookie', keyId: 'first' },
};
const given: Record<string, string> = {
  persona: 'wbhsec_given-by-the-consumer-itself',
  'standard-webhooks': `whsec_${Buffer.alloc(32, 250).toString('base64')}`,
  webhookie: 'given-by-the-consumer-itself',
};

describe.each(Object.entries(kinds))('%s', (_, signing) => {
  const atOnce = signing.scheme === 'webhookie' ? 1 : 2;

  it.each([0, 1, 60, 604_800])('is signed with both secrets for %i seconds, and only with the new one afterwards', (expiresInSeconds) => {
    const state = saved(signing);
    const old = signed(state, NOW).text;
    const rotation = rotateSecret(state, { expiresInSeconds, force: false }, NOW, rules);
    const rotated = after(state, rotation);
    const endsAt = NOW + expiresInSeconds * 1_000;
    expect(rotation.oldExpiresAt).toBe(expiresInSeconds ? endsAt : null);
    expect(rotated.signing.secrets).toHaveLength(expiresInSeconds ? 2 : 1);
    expect(signed(rotated, NOW).signatures).toBe(expiresInSeconds ? atOnce : 1);
    expect(signed(rotated, endsAt - 1).signatures).toBe(expiresInSeconds ? atOnce : 1);
    expect(signed(rotated, endsAt).signatures).toBe(1);
    expect(signed(rotated, NOW).text.startsWith(old)).toBe(false);
    if (signing.scheme !== 'webhookie' && expiresInSeconds) expect(signed(rotated, NOW).text).toContain(old);
    expect(rotated.signing.publicKey).toEqual('keyType' in signing ? expect.stringMatching(/^whpk_/) : null);
  });

  it.each([
    { force: false, sinceMs: 0, allowed: false },
    { force: false, sinceMs: 59_999, allowed: false },
    { force: false, sinceMs: 60_000, allowed: true },
    { force: true, sinceMs: 0, allowed: true },
    { force: true, sinceMs: 60_000, allowed: true },
  ])('$sinceMs ms into an overlap of a minute, force $force: allowed $allowed; at most two are valid', ({ force, sinceMs, allowed }) => {
    const first = saved(signing);
    const second = after(first, rotateSecret(first, { expiresInSeconds: 60, force: false }, NOW, rules));
    const again = () => rotateSecret(second, { expiresInSeconds: 60, force }, NOW + sinceMs, rules);
    if (!allowed) {
      expect(again).toThrow(expect.objectContaining({ code: 'conflict' }));
      return;
    }
    const secrets = after(second, again()).signing.secrets.map(({ secret }) => secret);
    expect(secrets).toHaveLength(2);
    // While two secrets are live, the receiver has the older one; perhaps nobody got the newest.
    const [receivers, replaced] = sinceMs < 60_000 ? [first, second] : [second, first];
    expect(secrets[1]).toBe(receivers.signing.secrets[0]?.secret);
    expect(secrets).not.toContain(replaced.signing.secrets[0]?.secret);
  });

  it('accepts a secret from the consumer, and none that its scheme does not', () => {
    const state = saved(signing);
    const secret = given[signing.scheme] ?? '';
    expect(rotateSecret(state, { expiresInSeconds: 60, force: false, secret }, NOW, rules).shown.reveal()).toBe(secret);
    expect(() => rotateSecret(state, { expiresInSeconds: 60, force: false, secret: 'short' }, NOW, rules)).toThrow(expect.objectContaining({ code: 'invalid', errors: [expect.objectContaining({ pointer: '/secret' })] }));
  });

  it('ends both with a secret set by PATCH', () => {
    const first = saved(signing);
    const second = after(first, rotateSecret(first, { expiresInSeconds: 60, force: false }, NOW, rules));
    const { fields, shown } = editCallback(second, { signing: { secret: given[signing.scheme] } }, rules);
    expect(shown?.reveal()).toBe(given[signing.scheme]);
    expect(effective({ ...second, ...fields }).signing.secrets).toEqual([{ secret: PREFIX + (given[signing.scheme] ?? ''), keyId: 'keyId' in signing ? 'first' : null, expiresAt: null }]);
  });
});

it('renames the newest key with a PATCH of its name, and signs under that name', () => {
  const state = saved(kinds.webhookie);
  const { fields, shown } = editCallback(state, { signing: { keyId: 'renamed' } }, rules);
  expect(shown).toBeNull();
  const edited = effective({ ...state, ...fields });
  expect(edited.signing.keyId).toBe('renamed');
  expect(signed(edited, NOW).text).toMatch(/^Signature keyId=renamed,/);
});

it('accepts a name for the new key only with webhookie, and rotates nothing for a callback without a signature', () => {
  const refusal = (signing: NonNullable<Settings['signing']>): unknown => {
    try {
      return rotateSecret(saved(signing), { expiresInSeconds: 60, force: false, keyId: 'second' }, NOW, rules).fields.settings?.signing?.keyId;
    } catch (error) {
      return isFault(error) ? error.code : error;
    }
  };
  expect([refusal({ scheme: 'webhookie' }), refusal({ scheme: 'persona' }), refusal({ scheme: 'standard-webhooks' }), refusal({ scheme: 'none' })]).toEqual(['second', 'invalid', 'invalid', 'conflict']);
});
