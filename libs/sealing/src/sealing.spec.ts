import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { open, parseKeyRing, seal, Secret, type SealContext } from './index.js';

const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [oldKey, newKey] = [key('k1'), key('k2')];
const ring = parseKeyRing(oldKey);
const context: SealContext = { tenant: 'acme', kind: 'credential', id: 'cred_1', field: 'clientSecret' };

describe('sealing', () => {
  it('opens what it sealed, also after the keys have been rotated', () => {
    const sealed = seal(ring, new Secret('s3cr3t é'), context);
    expect(open(parseKeyRing(`${newKey},${oldKey}`), sealed, context).reveal()).toBe('s3cr3t é');
  });

  it.each<[string, Partial<SealContext>]>([
    ['tenant', { tenant: 'globex' }],
    ['kind', { kind: 'callback' }],
    ['object', { id: 'cred_2' }],
    ['field', { field: 'clientId' }],
    ['version', { version: 1 }],
  ])('does not open under another %s', (_, other) => {
    const sealed = seal(ring, new Secret('secret'), context);
    expect(() => open(ring, sealed, { ...context, ...other })).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });

  it('does not open when any bit was flipped or the end was cut', () => {
    const sealed = seal(ring, new Secret('secret'), context);
    const [scheme, id, wrapped = '', text = ''] = sealed.split('.');
    for (const [at, part] of [wrapped, text].entries()) {
      const bytes = Buffer.from(part, 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit += 5) {
        const altered = Buffer.from(bytes);
        altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const parts = [wrapped, text];
        parts[at] = altered.toString('base64url');
        expect(() => open(ring, [scheme, id, ...parts].join('.'), context)).toThrow(expect.objectContaining({ code: 'corrupt' }));
      }
    }
    expect(() => open(ring, sealed.slice(0, -2), context)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });

  it('names what is wrong with a key ring without quoting it', () => {
    expect(() => parseKeyRing('k1:c2hvcnQ=')).toThrow('must be a comma list of id:base64 of 32 bytes, the sealing one first');
  });
});

describe('Secret', () => {
  it('is never printed', () => {
    const secret = new Secret('hunter2-hunter2');
    const shown = [
      String(secret),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: { secret } }, { showHidden: true, depth: 9 }),
      new Error(`failed with ${secret as unknown as string}`).stack,
      Object.entries(secret).join(),
      inspect(structuredClone(Object.assign({}, secret))),
      [secret].join(),
    ];
    for (const text of shown) expect(text).not.toContain('hunter2');
    expect(secret.reveal()).toBe('hunter2-hunter2');
  });
});
