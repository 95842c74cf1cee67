import { expect, it } from '@jest/globals';
import { RecordedEvent } from '../event-store/index.js';
import { showEvent } from './audit.js';

const changes = (kind: RecordedEvent['kind'], data: RecordedEvent['data']) =>
  showEvent(Object.assign(new RecordedEvent(), { kind, data, at: new Date(0) }))[1].changes;

it('shows no part of an API key, not even its hash', () => {
  expect(changes('api-key', { name: 'billing', hash: 'aGFzaA' })).toEqual({ name: 'billing', hash: '<redacted>' });
});

it('shows nothing sealed, wherever it is, and everything else', () => {
  expect(changes('callback', { secrets: [{ secret: 's1.a.b', keyId: null }], headers: { hash: 'sha256' } })).toEqual({ secrets: [{ secret: '<redacted>', keyId: null }], headers: { hash: 'sha256' } });
});

it('shows times as the API does everywhere, not as they are stored', () => {
  const at = Date.parse('2026-01-31T12:00:00Z');
  expect(changes('callback', { pausedUntil: at, timeoutMs: at, secretsAt: { signing: at }, secrets: [{ expiresAt: at, keyId: null }] })).toEqual({
    pausedUntil: '2026-01-31T12:00:00.000Z',
    timeoutMs: at,
    secretsAt: { signing: '2026-01-31T12:00:00.000Z' },
    secrets: [{ expiresAt: '2026-01-31T12:00:00.000Z', keyId: null }],
  });
});
