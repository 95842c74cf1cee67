import { expect, it } from '@jest/globals';
import type { PortalSessions } from '@nuncio/contracts';
import { ended, LONGEST_SECONDS, portalSessions } from './portal-sessions.js';

const HOUR_MS = LONGEST_SECONDS * 1_000;
type Which = Parameters<typeof ended>[0];

/** The state after these ends, a millisecond and a position apart. */
const after = (ends: readonly Partial<Which>[], at = 0, state: PortalSessions = { tenant: 'acme', ended: [] }): PortalSessions =>
  ends.reduce((before, end, i) => portalSessions.evolve(before, { ...ended({ session: null, subject: null, key: null, ...end }), position: i + 1, at: at + i }) ?? before, state);

it('keeps what was ended, since when, and until it would have run out', () => {
  expect(after([{ session: 'ses_1', key: 'key_1' }], 5).ended).toEqual([{ session: 'ses_1', subject: null, key: 'key_1', position: 1, until: 5 + HOUR_MS }]);
});

it('forgets what has run out, and what a later end includes', () => {
  const early = after([{ session: 'ses_1' }, { subject: 'zoe', key: 'key_1' }]);
  expect(after([{ session: 'ses_2' }], HOUR_MS + 1, early).ended).toMatchObject([{ session: 'ses_2' }]);
  expect(after([{ subject: 'zoe' }], 10, early).ended).toMatchObject([{ session: 'ses_1' }, { subject: 'zoe', key: null }]);
});

it('ends all sessions of a key once there are too many single ones, and so stays small', () => {
  const many = (key: string) => Array.from({ length: 700 }, (_, i) => ({ session: `ses_${key}_${i}`, key }));
  const state = after([{ session: 'ses_of_another_key', key: 'key_2' }, ...many('key_1')]);
  expect(state.ended.length).toBeLessThanOrEqual(501);
  expect(state.ended).toContainEqual(expect.objectContaining({ session: null, subject: null, key: 'key_1' }));
  expect(state.ended).toContainEqual(expect.objectContaining({ session: 'ses_of_another_key' }));
});
