import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { KeyRingSetting, open, parseKeyRing, rewrap, seal, Secret, type SealContext } from './index.js';

const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [oldKey, newKey] = [key('k1'), key('k2')];
const ring = parseKeyRing(oldKey);
const rotated = parseKeyRing(`${newKey},${oldKey}`);
const context: SealContext = { tenant: 'acme', kind: 'credential', id: 'cred_1', field: 'clientSecret' };
const corrupt = (message?: string) => expect.objectContaining(message === undefined ? { code: 'corrupt' } : { code: 'corrupt', message }) as unknown as Error;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/= \n\0é';

describe('sealing', () => {
  it('opens what it sealed, also after the keys have been rotated', () => {
    const sealed = seal(ring, new Secret('s3cr3t é'), context);
    expect(sealed).toMatch(/^s1\.k1\.[\w-]{80}\.[\w-]+$/);
    expect(open(rotated, sealed, context).reveal()).toBe('s3cr3t é');
  });

  it('gives every secret its own key and nonce', () => {
    const parts = Array.from({ length: 100 }, () => seal(ring, new Secret('the same'), context).split('.').slice(2)).flat();
    expect(new Set(parts).size).toBe(200);
    expect(new Set(parts.map((part) => part.slice(0, 16))).size).toBe(200);
  });

  it.each(['', 'x', 'a'.repeat(100_000)])('seals %# of any length', (text) => {
    expect(open(ring, seal(ring, new Secret(text), context), context).reveal()).toBe(text);
  });

  it.each<[string, Partial<SealContext>]>([
    ['tenant', { tenant: 'globex' }],
    ['kind', { kind: 'callback' }],
    ['object', { id: 'cred_2' }],
    ['field', { field: 'clientId' }],
    ['version', { version: 1 }],
  ])('does not open under another %s', (_, other) => {
    const sealed = seal(ring, new Secret('secret'), context);
    expect(() => open(ring, sealed, { ...context, ...other })).toThrow(corrupt('a sealed secret was altered, or belongs elsewhere'));
  });

  it('distinguishes contexts whose concatenated names are equal', () => {
    const sealed = seal(ring, new Secret('secret'), { ...context, tenant: 'a","b', id: 'c' });
    expect(() => open(ring, sealed, { ...context, tenant: 'a', id: 'b","c' })).toThrow(corrupt());
  });

  it('does not open a text that was swapped, cut, lengthened or flipped anywhere, in 10,000 tries', () => {
    const sealed = seal(rotated, new Secret('a secret of some length'), context);
    const other = seal(rotated, new Secret('another of some length!'), { ...context, field: 'clientId' }).split('.');
    const older = seal(ring, new Secret('a secret of some length'), context).split('.');
    const tries = new Set<string>();
    for (let at = 0; at < sealed.length; at++) {
      tries.add(sealed.slice(0, at));
      tries.add(sealed.slice(at + 1));
      tries.add(sealed.slice(0, at) + sealed.slice(at + 1));
      for (const char of ALPHABET) {
        tries.add(sealed.slice(0, at) + char + sealed.slice(at + 1));
        tries.add(sealed.slice(0, at) + char + sealed.slice(at));
      }
    }
    for (const from of [other, older])
      for (let swapped = 1; swapped < 2 ** 4 - 1; swapped++) tries.add(sealed.split('.').map((part, i) => (swapped & (1 << i) ? from[i] : part)).join('.'));
    for (const end of ALPHABET) tries.add(sealed + end);
    tries.delete(sealed);
    // The other secret as a whole opens at its own place, but its wrapped key or ciphertext alone does not open here.
    expect(tries.size).toBeGreaterThan(10_000);
    const opened = [...tries].filter((attempt) => {
      try {
        open(rotated, attempt, context);
        return true;
      } catch (error) {
        return (error as { code?: string }).code !== 'corrupt';
      }
    });
    // Only a whole secret sealed for the same place opens.
    expect(opened).toEqual([older.join('.')].filter((whole) => tries.has(whole)));
  });

  it('says which key is missing, and that a text is not a sealed secret', () => {
    expect(() => open(parseKeyRing(newKey), seal(ring, new Secret('x'), context), context)).toThrow(corrupt('there is no key "k1" in this ring'));
    const [scheme, id, wrapped, sealed] = seal(ring, new Secret('x'), context).split('.') as [string, string, string, string];
    const parts = [['', ''], [wrapped, ''], ['', sealed], [wrapped.slice(4), sealed], [wrapped, sealed.slice(0, 36)], [`${wrapped}AAAA`, sealed]];
    for (const text of ['', 's1', 's1.k1', 'plain', `s2.${id}.${wrapped}.${sealed}`, ...parts.map((ends) => [scheme, id, ...ends].join('.'))])
      expect(() => open(ring, text, context)).toThrow(corrupt('this is not a sealed secret'));
  });
});

it('does not accept another key id, even with the same key', () => {
  const twins = parseKeyRing(`${oldKey},${oldKey.replace('k1', 'k2')}`);
  expect(() => open(twins, seal(ring, new Secret('x'), context).replace('s1.k1.', 's1.k2.'), context)).toThrow(corrupt('a sealed secret was altered, or belongs elsewhere'));
});

describe('rewrap', () => {
  it('changes only the wrapping: the ciphertext stays, and the old key is no longer needed', () => {
    const sealed = seal(ring, new Secret('s3cr3t'), context);
    const again = rewrap(rotated, sealed);
    expect(again.split('.')[1]).toBe('k2');
    expect(again.split('.')[3]).toBe(sealed.split('.')[3]);
    expect(open(parseKeyRing(newKey), again, context).reveal()).toBe('s3cr3t');
    expect(() => open(parseKeyRing(newKey), again, { ...context, id: 'cred_2' })).toThrow(corrupt());
  });

  it('leaves alone what the active key has wrapped already', () => {
    const sealed = seal(rotated, new Secret('s3cr3t'), context);
    expect(rewrap(rotated, sealed)).toBe(sealed);
  });

  it('refuses a wrapping that it cannot open', () => {
    const sealed = seal(ring, new Secret('s3cr3t'), context);
    expect(() => rewrap(parseKeyRing(newKey), sealed)).toThrow(corrupt('there is no key "k1" in this ring'));
    expect(() => rewrap(rotated, `${sealed.slice(0, 20)}${sealed[20] === 'A' ? 'B' : 'A'}${sealed.slice(21)}`)).toThrow(corrupt());
    expect(() => rewrap(rotated, 's1.k1.x.y')).toThrow(corrupt('this is not a sealed secret'));
  });
});

describe('a key ring', () => {
  it('uses the first key for sealing, with any white space between keys', () => {
    expect(parseKeyRing(` ${newKey} , ${oldKey}`)).toMatchObject({ active: 'k2', keys: new Map([...rotated.keys]) });
    expect([...parseKeyRing(`${newKey},${oldKey}`).keys.keys()]).toEqual(['k2', 'k1']);
    expect(open(parseKeyRing(oldKey.replace('=', '')), seal(ring, new Secret('x'), context), context).reveal()).toBe('x');
  });

  it.each(['', 'k1', 'k1:', 'k1:c2hvcnQ=', `k 1:${randomBytes(32).toString('base64')}`, `${'k'.repeat(33)}:${randomBytes(32).toString('base64')}`, `k1:${randomBytes(33).toString('base64')}`, `${oldKey},`, `x${oldKey}x`])(
    'is refused without being quoted: %#',
    (text) => {
      expect(() => parseKeyRing(text)).toThrow(expect.objectContaining({ code: 'invalid', message: 'must be a comma list of id:base64 of 32 bytes, the sealing one first' }));
    },
  );

  it('does not accept one id for two keys', () => {
    expect(() => parseKeyRing(`${oldKey},${key('k1')}`)).toThrow(expect.objectContaining({ code: 'invalid', message: 'names the key "k1" twice' }));
  });

  it('shows no key when it is printed', () => {
    const [, encoded = ''] = oldKey.split(':');
    const bytes = Buffer.from(encoded, 'base64');
    const text = [inspect(ring, { depth: 9, showHidden: true }), JSON.stringify([ring, ...ring.keys])].join();
    for (const form of [encoded, bytes.toString('hex'), bytes.toString('base64url'), bytes.toJSON().data.join(), [...bytes].map((b) => b.toString(16).padStart(2, '0')).join(' ')]) expect(text).not.toContain(form);
  });

  it("is a setting, whose faults are reported like any other's", () => {
    expect(KeyRingSetting.parse(oldKey).active).toBe('k1');
    expect(KeyRingSetting.safeParse('k1:x').error?.issues).toEqual([{ code: 'custom', path: [], message: expect.stringContaining('must be a comma list') as unknown }]);
  });
});
