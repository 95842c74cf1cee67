import { expect, it } from '@jest/globals';
import { Callback } from '@nuncio/contracts';
import { callback, effective, type CallbackState } from './callback.js';
import { anotherReceiver, blankCallback, editCallback, type CallbackRules } from './edit-callback.js';
import type { PatchCallback } from './requests.js';
import { rotateSecret } from './signing-secrets.js';

let made = 0;
const rules: CallbackRules = {
  seal: (field, text) => `s1.${field}=${text}`,
  checkUrl: (url) => (url.startsWith('https:') ? { ok: true, url } : { ok: false, detail: 'must begin with https://' }),
  random: (bytes) => Buffer.alloc(bytes, ++made),
};
const blank = blankCallback({ id: 'cb_1', tenant: 'acme', application: 'app_1', groups: [], name: 'ledger' });

const saved = (given: PatchCallback, before: CallbackState | typeof blank = blank) => {
  const { fields, shown } = editCallback(before, given, rules);
  return { state: callback.evolve(effective({ ...before, ...fields }), { type: 'changed', data: fields, position: 1, at: 0 })!, shown };
};
const url = 'https://hooks.acme.com/in';
const oauth = { type: 'oauth2', credential: 'cred_1' } as const;
const faultsOf = (given: PatchCallback): string[] => {
  try {
    editCallback(blank, given, rules);
    return [];
  } catch (error) {
    return (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
  }
};

it('is what the contract publishes', () => {
  expect(Callback.parse(saved({ url, authentication: oauth, secretHeaders: { 'X-Gate': 'open' } }).state)).toMatchObject({
    profile: 'standard',
    timeoutMs: 15_000,
    signing: { scheme: 'standard-webhooks', keyId: null, secrets: [{ expiresAt: null }] },
    authentication: oauth,
    secretHeaders: { 'X-Gate': 's1.secretHeaders.X-Gate=open' },
  });
});

it('keeps fields that were set explicitly, one by one, when the profile changes', () => {
  const { state } = saved({ url, profile: 'persona', timeoutMs: 2_000, retry: { jitter: 0.5 }, limits: { concurrency: 4 } });
  expect(state).toMatchObject({ envelope: 'json-api', retry: { jitter: 0.5, onExhausted: 'dead-letter' } });
  const { state: other } = saved({ profile: 'webhookie', envelope: 'cloudevents' }, state);
  expect(other).toMatchObject({ timeoutMs: 2_000, envelope: 'cloudevents', retry: { jitter: 0.5, onExhausted: 'block', delaysSeconds: [10, 30, 70] }, limits: { concurrency: 4, perSecond: null } });
});

it('resets a field, and a whole group of them, to the profile with null', () => {
  const { state } = saved({ url, timeoutMs: 2_000, retry: { jitter: 0.5, delaysSeconds: [1] } });
  expect(saved({ timeoutMs: null, retry: { jitter: null } }, state).state).toMatchObject({ timeoutMs: 15_000, retry: { jitter: 0.1, delaysSeconds: [1] } });
  expect(saved({ retry: null }, state).state.settings).toEqual({ timeoutMs: 2_000 });
});

it('makes a secret whenever a scheme needs one and has none, and shows it only then', () => {
  const first = saved({ url, profile: 'persona' });
  expect(first.shown?.reveal()).toMatch(/^wbhsec_/);
  expect(saved({ headers: { 'X-Team': 'b' } }, first.state).shown).toBeNull();
  const second = saved({ profile: 'standard' }, first.state);
  expect(second.shown?.reveal()).toMatch(/^whsec_/);
  expect(second.state.signing.secrets).toHaveLength(1);
  const pair = saved({ signing: { keyType: 'ed25519' } }, second.state);
  expect(pair.shown?.reveal()).toMatch(/^whsk_/);
  expect(pair.state.signing.publicKey).toMatch(/^whpk_/);
});

it('turns the signature off if OAuth uses the header of the scheme, unless the scheme was chosen explicitly', () => {
  const { state, shown } = saved({ url, profile: 'webhookie', authentication: oauth });
  expect(state.signing).toMatchObject({ scheme: 'none', secrets: [] });
  expect(shown).toBeNull();
  expect(faultsOf({ url, signing: { scheme: 'webhookie' }, authentication: oauth })).toEqual(['/signing/scheme']);
});

it('names all faults at once', () => {
  const given: PatchCallback = {
    url: 'http://hooks.acme.com',
    signing: { scheme: 'persona', secret: 'short', keyId: 'k' },
    headers: { Host: 'a', 'X-Twice': 'a', Authorization: 'b' },
    secretHeaders: { 'x-twice': 'b', 'Persona-Signature': 'c', 'X-Line': 'a\r\nb' },
  };
  expect(faultsOf(given).sort()).toEqual(
    ['/url', '/signing/secret', '/signing/keyId', '/headers/Host', '/headers/Authorization', '/secretHeaders/x-twice', '/secretHeaders/Persona-Signature', '/secretHeaders/X-Line'].sort(),
  );
});

it('accepts Authorization as a secret header only while nothing else uses it', () => {
  expect(faultsOf({ url, secretHeaders: { Authorization: 'Basic abc' } })).toEqual([]);
  expect(faultsOf({ url, secretHeaders: { Authorization: 'Basic abc' }, authentication: oauth })).toEqual(['/secretHeaders/Authorization']);
  expect(faultsOf({ url, secretHeaders: { Authorization: 'Basic\nabc' } })).toEqual(['/secretHeaders/Authorization']);
});

it('checks the headers that are given, not the stored ones: a new scheme reserved one of them, and every edit of the callback was refused from then on', () => {
  const stored = { ...saved({ url }).state, headers: { 'Webhook-Id': 'x', 'X-Team': 'a' }, secretHeaders: { 'Persona-Signature': 's1.' } };
  const pointers = (given: PatchCallback): string[] => {
    try {
      editCallback(stored, given, rules);
      return [];
    } catch (error) {
      return (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    }
  };
  const kept: PatchCallback[] = [{ name: 'other' }, { enabled: false }, { headers: { 'X-Team': 'b', 'Webhook-Id': 'x' } }, { secretHeaders: { 'Persona-Signature': '', 'X-Gate': 'open' } }];
  expect(kept.map(pointers)).toEqual(kept.map(() => []));
  expect(pointers({ headers: { 'Webhook-Id': 'y' } })).toEqual(['/headers/Webhook-Id']);
  expect(pointers({ secretHeaders: { 'Persona-Signature': 'y', 'x-team': 'b' } })).toEqual(['/secretHeaders/Persona-Signature', '/secretHeaders/x-team']);
});

it('keeps a secret header that is blank or absent, and removes one that is null', () => {
  const { state } = saved({ url, secretHeaders: { 'X-A': '1', 'X-B': '2', 'X-C': '3', 'X-D': '4' } });
  const { fields } = editCallback(state, { secretHeaders: { 'X-A': '', 'X-B': null } }, rules);
  expect(Object.keys(fields.secretHeaders ?? {})).toEqual(['X-A', 'X-C', 'X-D']);
  expect(editCallback(state, { secretHeaders: { 'X-A': '' } }, rules).fields).toEqual({});
});

it('clears the reason when a disabled callback is enabled', () => {
  const gone = effective({ ...saved({ url }).state, enabled: false, disabledReason: 'gone' });
  expect(saved({ enabled: true }, gone).state).toMatchObject({ enabled: true, disabledReason: null });
});

it('keeps the old secret valid beside the new one, and allows no third', () => {
  const { state } = saved({ url, profile: 'persona' });
  const request = { expiresInSeconds: 60, force: false };
  const { fields, oldExpiresAt } = rotateSecret(state, request, 1_000, rules);
  const [old] = state.secrets;
  expect(oldExpiresAt).toBe(61_000);
  expect(fields.secrets).toEqual([{ secret: expect.stringContaining('wbhsec_') as unknown as string, keyId: null, expiresAt: null }, { ...old, expiresAt: 61_000 }]);

  const rotated = effective({ ...state, ...fields });
  expect(() => rotateSecret(rotated, request, 60_999, rules)).toThrow(expect.objectContaining({ code: 'conflict' }));
  expect(rotateSecret(rotated, request, 61_000, rules).fields.secrets).toHaveLength(2);
  const forced = rotateSecret(rotated, { ...request, force: true }, 2_000, rules).fields.secrets;
  expect(forced?.map(({ secret }) => secret)).toEqual([expect.any(String), old?.secret]);
  expect(forced?.map(({ secret }) => secret)).not.toContain(rotated.secrets[0]?.secret);
  expect(rotateSecret(state, { ...request, expiresInSeconds: 0 }, 1_000, rules)).toMatchObject({ oldExpiresAt: null, fields: { secrets: [{ expiresAt: null }] } });
});

it('rotates a webhookie key with its name, and nothing for a callback without a signature', () => {
  const { state } = saved({ url, profile: 'webhookie', signing: { keyId: 'first' } });
  const { fields } = rotateSecret(state, { expiresInSeconds: 60, force: false, keyId: 'second' }, 0, rules);
  expect(fields.secrets?.map(({ keyId }) => keyId)).toEqual(['second', 'first']);
  expect(effective({ ...state, ...fields }).signing.keyId).toBe('second');
  const unsigned = saved({ url, signing: { scheme: 'none' } }).state;
  expect(() => rotateSecret(unsigned, { expiresInSeconds: 60, force: false }, 0, rules)).toThrow(expect.objectContaining({ code: 'conflict' }));
});

it('requires every secret header again before it sends them to another origin', () => {
  const { state } = saved({ url, secretHeaders: { 'X-Gate': 'open', 'X~Two': 'b' } });
  const faults = (given: PatchCallback): unknown => {
    try {
      return editCallback(state, given, rules).fields.secretHeaders ?? {};
    } catch (error) {
      return (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    }
  };
  for (const elsewhere of ['https://evil.example.com/in', 'https://hooks.acme.com:8443/in']) {
    expect(faults({ url: elsewhere })).toEqual(['/secretHeaders/X-Gate', '/secretHeaders/X~0Two']);
    expect(faults({ url: elsewhere, secretHeaders: { 'X~Two': '' } })).toEqual(['/secretHeaders/X-Gate', '/secretHeaders/X~0Two']);
    expect(faults({ url: elsewhere, secretHeaders: { 'X-Gate': 'again', 'X~Two': 'again' } })).toEqual({ 'X-Gate': 's1.secretHeaders.X-Gate=again', 'X~Two': 's1.secretHeaders.X~Two=again' });
    expect(faults({ url: elsewhere, secretHeaders: null })).toEqual({});
  }
  expect(faults({ url: 'https://hooks.acme.com/other?x=1' })).toEqual({});
});

it('becomes another receiver by its origin, its credential or its signing, and by nothing else', () => {
  const { state } = saved({ url, profile: 'persona', signing: { scheme: 'persona', secret: 'x'.repeat(24) } });
  const reason = (given: PatchCallback) => anotherReceiver(state, saved(given, state).state);
  expect(reason({ url: 'https://evil.example.com/in' })).toMatch('origin');
  expect(reason({ authentication: oauth })).toMatch('credential');
  for (const signing of [{ secret: 'y'.repeat(24) }, { scheme: 'none' }, { scheme: 'standard-webhooks' }]) expect(reason({ signing })).toMatch('signing');
  expect(reason({ signing: null, profile: 'webhookie' })).toMatch('signing');
  const same: PatchCallback[] = [{ url: 'https://hooks.acme.com/other' }, { method: 'PUT' }, { headers: { a: 'b' } }, { secretHeaders: { 'X-Gate': 'open' } }, { authentication: { type: 'none' } }, { timeoutMs: 2_000, enabled: false, name: 'x' }];
  expect(same.map(reason)).toEqual(same.map(() => null));
});

it('counts all headers that are sent, stored secrets with their length before sealing', () => {
  const { state } = saved({ url });
  const stored = { ...state, secretHeaders: { 'X-Gate': `s1.k1.${'w'.repeat(80)}.${Buffer.alloc(10_000 + 28).toString('base64url')}` } };
  const codes = (given: PatchCallback): string[] => {
    try {
      editCallback(stored, given, rules);
      return [];
    } catch (error) {
      return (error as { errors: { code: string }[] }).errors.map(({ code }) => code);
    }
  };
  expect(codes({ secretHeaders: { 'X-Other': 'x'.repeat(6_300) } })).toEqual([]);
  expect(codes({ secretHeaders: { 'X-Other': 'x'.repeat(6_400) } })).toEqual(['too-large']);
  expect(codes({ headers: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`H${n}`, 'x'])) })).toEqual(['too-many']);
  expect(codes({ name: 'another' })).toEqual([]);
});

it('is paused and resumed only by the field pausedUntil', () => {
  const { state } = saved({ url });
  expect(saved({ pausedUntil: 5_000 }, state).state).toMatchObject({ pausedUntil: 5_000, enabled: true });
  const paused = saved({ pausedUntil: 5_000 }, state).state;
  expect(saved({ name: 'other' }, paused).state.pausedUntil).toBe(5_000);
  expect(saved({ pausedUntil: null }, paused).state.pausedUntil).toBeNull();
  const ofBefore = { ...state, pausedUntil: undefined } as unknown as CallbackState;
  expect(editCallback(ofBefore, { enabled: true }, rules).fields).toEqual({});
});
