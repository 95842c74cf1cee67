import { expect, it } from '@jest/globals';
import { Secret } from '@nuncio/sealing';
import { hashApiKey, KeyOwners } from './key-owners.js';

const pepper = new Secret('pepper');
const owner = { id: 'key_1', tenant: 'acme', role: 'publisher' as const, groups: [] };

it('looks a known key up each time, since it may have been revoked', async () => {
  const owners = new KeyOwners(pepper);
  let known = true;
  const asked: string[] = [];
  const principals = { find: (keyHash: string) => { asked.push(keyHash); return known ? owner : null; } };
  expect(await owners.find('a key', principals)).toEqual(owner);
  known = false;
  expect(await owners.find('a key', principals)).toBeNull();
  expect(asked).toEqual([hashApiKey(pepper, 'a key'), hashApiKey(pepper, 'a key')]);
});

it('knows each of several keys that are looked up at once', async () => {
  const owners = new KeyOwners(pepper);
  const principals = { find: (keyHash: string) => (keyHash === hashApiKey(pepper, 'a key') ? owner : null) };
  const find = (key: string) => owners.find(key, principals);
  expect(await Promise.all([find('a key'), find('no key'), find('a key'), find('no key')])).toEqual([owner, null, owner, null]);
  expect(await Promise.all([find('a key'), find('a key'), find('no key')])).toEqual([owner, owner, null]);
});
