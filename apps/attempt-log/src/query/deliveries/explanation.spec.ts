import { expect, it } from '@jest/globals';
import { ErrorClass } from '@nuncio/contracts';
import { DeliveryStatus } from '../../delivery-status.js';
import { duration, explain, type Circumstances } from './explanation.js';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 31, 12) + seconds * 1_000);
const active: Circumstances = { willCancel: false, pausedUntil: null, tokenError: null, detail: null };
const none = { reason: null, waits: null, next_at: null, attempts: 0, first_attempt_at: null, last_attempt_at: null, response_status: null, error_class: null, delivered_number: null, delivered_at: null };
const untried = { ...none, event_at: at(0), updated_at: at(60) };
const tried = { ...untried, attempts: 1, first_attempt_at: at(0.2), last_attempt_at: at(0.2), response_status: 503, error_class: 'http' as const };
const twice = { ...tried, attempts: 3, last_attempt_at: at(304), response_status: 204, error_class: null };

it.each([
  ['delivered', { ...tried, response_status: 204, error_class: null }, active, 'Delivered at attempt 1, 200 ms after it was published.'],
  ['delivered', twice, active, 'Delivered at attempt 3, 5 min 4 s after it was published.'],
  [
    'delivered',
    { ...tried, first_attempt_at: at(3_700), last_attempt_at: at(3_700) },
    active,
    'Delivered at attempt 1, 1 h 1 min after it was published: late, because its first attempt was made after 1 h 1 min (its timeline says why).',
  ],
  ['pending', { ...tried, next_at: at(64) }, active, 'Attempt 1 failed (the answer was 503); the next one is due at 2026-01-31T12:01:04.000Z.'],
  [
    'pending',
    { ...tried, next_at: at(64) },
    { ...active, pausedUntil: at(3_600) },
    'Attempt 1 failed (the answer was 503); the next one is due at 2026-01-31T12:01:04.000Z, and its callback is paused until 2026-01-31T13:00:00.000Z.',
  ],
  [
    'held',
    { ...untried, reason: 'its callback is paused' },
    { ...active, pausedUntil: at(3_600) },
    'Held back since 2026-01-31T12:01:00.000Z without spending an attempt: its callback is paused until 2026-01-31T13:00:00.000Z, and what was kept is sent evenly after that.',
  ],
  [
    'pending',
    { ...tried, next_at: at(64) },
    { ...active, willCancel: true },
    'Attempt 1 failed (the answer was 503), and the next one will be canceled, as the callback or the subscription is not active now.',
  ],
  [
    'held',
    { ...untried, reason: 'the endpoint is busy' },
    active,
    'Held back since 2026-01-31T12:01:00.000Z without spending an attempt (the endpoint is busy); it is tried again by itself.',
  ],
  [
    'held',
    { ...untried, reason: 'no token' },
    { ...active, willCancel: true },
    'Held back (no token), and it will be canceled, as the callback or the subscription is not active now.',
  ],
  ['parked', { ...untried, reason: 'no token' }, active, 'Waits until its subscription is activated (the authorization server gave no token).'],
  ['parked', { ...untried, reason: 'the subscription is blocked' }, active, 'Waits until its subscription is activated (the subscription is blocked).'],
  ['parked', { ...tried, reason: 'the callback is disabled' }, active, 'Waits until its callback is enabled.'],
  ['parked', { ...tried, reason: 'exhausted' }, active, 'Waits until its subscription is activated (attempt 1 failed: the answer was 503).'],
  ['parked', { ...tried, reason: 'no token' }, active, 'Waits until its subscription is activated (the authorization server gave no token).'],
  ['failed', tried, active, 'Given up after attempt 1 (the answer was 503): no further attempt was due by its retry policy, and it can be sent again by hand.'],
  ['failed', { ...untried, reason: 'no token' }, active, 'Given up: it was held back for as long as its retry schedule is (no token).'],
  ['canceled', { ...untried, reason: 'the callback is disabled' }, active, 'Not sent when it was due: the callback is disabled.'],
  [
    'canceled',
    { ...tried, error_class: 'timeout' as const, response_status: null, reason: 'the subscription was deleted' },
    active,
    'Not sent again after attempt 1 (no whole answer came in time) when it was due: the subscription was deleted.',
  ],
  ['canceled', { ...tried, reason: 'it was canceled by key_1' }, active, 'Not sent again after attempt 1 (the answer was 503): it was canceled by key_1.'],
  ['skipped', { ...untried, reason: 'the callback is disabled' }, active, 'Not sent when the event came: the callback is disabled.'],
  [
    'expired',
    { ...untried, reason: 'it was parked for too long' },
    active,
    'Not sent: its subscription was not activated in time, and it was parked for too long.',
  ],
] as const)('explains %s from the data', (status, row, circumstances, sentence) => {
  expect(explain({ ...row, status }, circumstances).sentence).toBe(sentence);
});

it.each([
  ['delivered', twice, 'delivered'],
  ['delivered', { ...tried, first_attempt_at: at(3_700), last_attempt_at: at(3_700) }, 'delivered-late'],
  ['delivered', { ...twice, delivered_number: 1, delivered_at: at(1) }, 'delivered-twice'],
  ['delivered', { ...twice, delivered_number: 1, delivered_at: at(1), error_class: 'http' as const, response_status: 503 }, 'delivered-then-failed'],
  ['pending', tried, 'retry-due'],
  ['held', untried, 'held'],
  ['parked', { ...tried, reason: 'the callback is disabled' }, 'parked-callback-disabled'],
  ['parked', { ...tried, reason: 'exhausted' }, 'parked-attempt-failed'],
  ['parked', { ...tried, reason: 'the subscription is blocked' }, 'parked'],
  ['failed', tried, 'given-up'],
  ['failed', { ...untried, reason: 'no token' }, 'given-up-held'],
  ['canceled', { ...untried, reason: 'the subscription was deleted' }, 'canceled'],
  ['canceled', { ...untried, reason: 'it was canceled by key_1' }, 'canceled-by-hand'],
  ['skipped', untried, 'skipped'],
  ['expired', untried, 'expired'],
] as const)('has a stable code for %s', (status, row, code) => {
  expect(explain({ ...row, status }, active).code).toBe(code);
});

it('has a code of its own for what waits for a pause, and for what will be canceled', () => {
  const codes = (['pending', 'held'] as const).flatMap((status) => [{ pausedUntil: at(3_600) }, { willCancel: true }].map((circumstances) => explain({ ...tried, status }, { ...active, ...circumstances }).code));
  expect(codes).toEqual(['retry-paused', 'retry-will-be-canceled', 'held-paused', 'held-will-be-canceled']);
});

it('names what the authorization server answered', () => {
  const row = { ...tried, status: 'pending' as const, response_status: null, error_class: 'token' as const, next_at: at(64) };
  expect(explain(row, { ...active, tokenError: { class: 'http', httpStatus: 401, code: 'invalid_client' } }).sentence).toContain(
    '(no token: the authorization server answered 401 invalid_client)',
  );
  expect(explain(row, { ...active, tokenError: { class: 'timeout', httpStatus: null, code: null } }).sentence).toContain(
    '(no token from the authorization server: no whole answer came in time)',
  );
  expect(explain(row, active).sentence).toContain('(no token could be had)');
});

it('is one sentence for every status, whatever went wrong', () => {
  for (const status of DeliveryStatus.options)
    for (const error_class of ErrorClass.options)
      for (const row of [untried, tried]) {
        const { sentence } = explain({ ...row, status, error_class, response_status: null }, active);
        expect(sentence).toMatch(/^[A-Z].+[^.]\.$/);
        expect(sentence).not.toMatch(/undefined|null|NaN|Invalid/);
      }
});

it.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [61_000, '1 min 1 s'],
  [90_061_000, '1 d 1 h'],
])('writes %i as %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});
