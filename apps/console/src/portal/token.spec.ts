import { expect, it } from '@jest/globals';
import { claimsOf } from './token.js';

const tokenOf = (claims: object): string => `nuncio_portal.e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;

it('says where a token may come from, and how long it lives', () => {
  expect(claimsOf(tokenOf({ origin: 'https://app.acme.com', iat: 1, exp: 901, sub: 'zoë?>' }))).toEqual({ origin: 'https://app.acme.com', iat: 1, exp: 901, id: '', locale: null });
});

it('says which session a link opens, and how dates are written there', () => {
  expect(claimsOf(tokenOf({ origin: null, iat: 1, exp: 901, jti: 'ses_1', locale: 'de-AT' }))).toEqual({ origin: null, iat: 1, exp: 901, id: 'ses_1', locale: 'de-AT' });
});

it.each(['', 'nuncio_key', 'nuncio_portal.e30.%.x', tokenOf({}), tokenOf({ origin: null }), tokenOf({ origin: '*', iat: '1', exp: 2 })])('names no origin for %j', (token) => {
  expect(claimsOf(token).origin).toBe('');
});
