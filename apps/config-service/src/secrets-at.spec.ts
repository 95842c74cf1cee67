import { expect, it } from '@jest/globals';
import { secretsAt, secretsOfCallback, secretsOfCredential } from './secrets-at.js';

it('keeps the time at which each secret was given, and forgets removed ones', () => {
  const before = secretsOfCallback({ secrets: [{ secret: 's1.a' }], secretHeaders: { 'X-Old': 's1.b', 'X-Gone': 's1.c', 'X-New': 's1.d' } });
  const after = secretsOfCallback({ secrets: [{ secret: 's1.a' }, { secret: 's1.z' }], secretHeaders: { 'X-Old': 's1.b', 'X-New': 's1.e' } });
  expect(secretsAt({ signing: 1, 'secretHeaders.X-Gone': 2, 'secretHeaders.X-New': 3 }, before, after, 9)).toEqual({ secretsAt: { signing: 1, 'secretHeaders.X-New': 9 } });
  expect(secretsAt({ signing: 1 }, before, before, 9)).toEqual({});
});

it('has no time for secrets that are older than the record of times, and none for missing ones', () => {
  const credential = { clientSecret: null, headers: { 'X-Key': 's1.a' } };
  expect(secretsAt(undefined, secretsOfCredential(credential), secretsOfCredential({ ...credential, clientSecret: 's1.b' }), 9)).toEqual({ secretsAt: { clientSecret: 9 } });
});
