import { expect, it } from '@jest/globals';
import { attempted, inbound, ofDelivery } from '../testing/facts.js';
import { readAttemptFact } from './attempt-fact.js';

const now = Date.now();

it('reads a fact', () => {
  const fact = attempted(ofDelivery({ eventAt: now }), 1);
  const read = readAttemptFact(inbound(JSON.stringify(fact), { offset: '42' }), now);
  expect(read).toMatchObject({ fact, offset: 42 });
});

it.each([
  ['null-value', null],
  ['bad-json', '{"fact":'],
  ['bad-json', Buffer.from([0xff, 0xfe])],
  ['bad-fact', '"attempted"'],
  ['bad-fact', JSON.stringify({ ...attempted(ofDelivery(), 1), number: 0 })],
  ['bad-fact', JSON.stringify({ fact: 'invented', ...ofDelivery() })],
  ['bad-time', JSON.stringify(attempted(ofDelivery({ eventAt: now + 400 * 86_400_000 }), 1))],
])('says %s of a record that is none', (reason, value) => {
  expect(readAttemptFact(inbound(value), now)).toMatchObject({ reason });
});
