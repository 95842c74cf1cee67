import { expect, it } from '@jest/globals';
import type { Schemas } from '../api/client.js';
import { changed, isSetHere, patchOf, textOf, undone, type Base, type Edits } from './edits.js';
import { allSettings, type Setting } from './setting-list.js';

const profile = (name: 'standard' | 'persona', rest: object = {}) => ({ name, method: 'POST', scheme: name, oauthScheme: `${name}-with-token`, envelope: 'raw', timeoutMs: 15_000, retry: { delaysSeconds: [5, 300], jitter: 0.1, retryOn: 'any' }, onTokenFailure: 'hold', limits: { concurrency: 32, perSecond: null }, ...rest });
const base = {
  profiles: [profile('standard'), profile('persona', { timeoutMs: 5_000 })],
  callback: { name: 'ledger', url: 'https://acme.example/in', profile: 'standard', authentication: { type: 'none' }, ownSettings: { retry: { jitter: 0.07 }, limits: { perSecond: 2 } } },
} as unknown as Base;

const at = (place: string): Setting => {
  const found = allSettings.find((setting) => setting.at === place);
  if (!found) throw new Error(`no setting ${place}`);
  return found;
};
const text = (place: string, edits: Edits = {}) => textOf(base, edits, at(place));
const typing = (edits: Edits, place: string, given: string) => changed(base, edits, at(place), given);

it('shows what is set here, and of the rest what the profile presets', () => {
  expect(['name', 'timeoutMs', 'retry.jitter', 'retry.delaysSeconds', 'limits.perSecond', 'authentication', 'signing.scheme'].map((place) => text(place))).toEqual(['ledger', '15', '7', '5, 300', '2', '', 'standard']);
  expect(['timeoutMs', 'retry.jitter'].map((place) => isSetHere(base, {}, at(place)))).toEqual([false, true]);
});

it('shows another profile’s presets as soon as it is chosen, and the scheme that it has with a token', () => {
  const edits = typing(typing({}, 'profile', 'persona'), 'authentication', 'cred_1');
  expect([text('timeoutMs', edits), text('retry.jitter', edits), text('signing.scheme', edits)]).toEqual(['5', '7', 'persona-with-token']);
});

it('sends what was changed, and nothing else; what was undone goes back to the profile', () => {
  const edits = undone(base, typing(typing({}, 'timeoutMs', '7.5'), 'retry.delaysSeconds', '5, 60,300'), at('retry.jitter'));
  expect(patchOf(edits)).toEqual({ timeoutMs: 7_500, retry: { delaysSeconds: [5, 60, 300], jitter: null } });
  expect([text('retry.jitter', edits), isSetHere(base, edits, at('retry.jitter'))]).toEqual(['10', false]);
});

it('takes a text as it was before for no edit', () => {
  expect(typing(typing({}, 'timeoutMs', '20'), 'timeoutMs', '15')).toEqual({});
  expect(undone(base, typing({}, 'timeoutMs', '20'), at('timeoutMs'))).toEqual({});
});

it.each([
  ['authentication', '', { authentication: { type: 'none' } }],
  ['authentication', 'cred_1', { authentication: { type: 'oauth2', credential: 'cred_1' } }],
  ['retry.retryOn', 'connection, 429, 5xx', { retry: { retryOn: { connection: true, statuses: [429, '5xx'] } } }],
  ['retry.retryOn', 'any', { retry: { retryOn: 'any' } }],
  ['retry.successStatuses', '2xx 304', { retry: { successStatuses: ['2xx', 304] } }],
  ['retry.delaysSeconds', '', { retry: { delaysSeconds: [] } }],
  ['retry.jitter', '7', { retry: { jitter: 0.07 } }],
  ['limits.perSecond', '', { limits: { perSecond: null } }],
])('reads %s as %j', (place, given, patch) => {
  expect(patchOf({ [place]: given })).toEqual(patch);
});

it('reads back the text of every value that it shows', () => {
  const values: Record<string, unknown> = { 'retry.retryOn': { connection: true, statuses: ['5xx', 429] }, 'retry.delaysSeconds': [5, 0.5], timeoutMs: 7_500, 'retry.jitter': 0.07, authentication: { type: 'oauth2', credential: 'cred_1' } satisfies Partial<Schemas['Authentication']> };
  for (const [place, value] of Object.entries(values)) expect(at(place).value(at(place).text(value))).toEqual(value);
});
