import { expect, it } from '@jest/globals';
import type { Principal } from '@nuncio/contracts';
import { Secret } from '@nuncio/sealing';
import { hashApiKey, KeyOwners } from '@nuncio/service';
import { networkOf, Strangers } from './strangers.js';

const API_KEY_PEPPER = new Secret('p'.repeat(32));
const principal: Principal = { id: 'key_1', role: 'consumer', tenant: 'acme', groups: [] };
const principals = { find: (hash: string) => (hash === hashApiKey(API_KEY_PEPPER, 'known') ? principal : null) };
const strangers = (OIDC_ISSUER?: string): Strangers => new Strangers({ OIDC_ISSUER }, new KeyOwners(API_KEY_PEPPER), principals);

const refused = async (door: Strangers, count: number, key: (i: number) => string, address = '192.0.2.1'): Promise<number> => {
  const answers = await Promise.all(Array.from({ length: count }, (_, i) => door.refusal(`Bearer ${key(i)}`, address)));
  return answers.filter((fault) => fault?.code === 'too-many-requests' && fault.retryAfterSeconds !== null).length;
};

it('makes those who guess keys wait, and nobody else', async () => {
  const door = strangers();
  expect(await refused(door, 1_000, (i) => `guess-${i}`)).toBeGreaterThan(800);
  expect(await refused(door, 1_000, () => 'known')).toBe(0);
  expect(await refused(door, 1, () => 'guess', '192.0.2.2')).toBe(0);
  expect(await door.refusal(undefined, '192.0.2.1')).toBeNull();
});

it('accepts a key as soon as it exists, although it was unknown a moment ago', async () => {
  const owners = new KeyOwners(API_KEY_PEPPER);
  expect(await owners.find('known', { find: () => null })).toBeNull();
  expect(await owners.find('known', principals)).toEqual(principal);
});

it('treats what looks like a token as a key if no tokens are accepted', async () => {
  const token = (i: number): string => `eyJhbGciOiJSUzI1NiJ9.e30.${i}`;
  expect(await refused(strangers(), 1_000, token)).toBeGreaterThan(800);
  expect(await refused(strangers('https://id.example.com'), 1_000, token)).toBe(0);
});

it('counts addresses by the network that one customer has', () => {
  const networks = ['2001:DB8:1:2::1', '2001:db8:1:2:a:b:c:d', '2001:db8:1:2::', '2001:db8:1::2', '::1', '::ffff:192.0.2.1', '192.0.2.1'].map(networkOf);
  expect(networks).toEqual(['2001:db8:1:2', '2001:db8:1:2', '2001:db8:1:2', '2001:db8:1:0', '0:0:0:0', '192.0.2.1', '192.0.2.1']);
});
