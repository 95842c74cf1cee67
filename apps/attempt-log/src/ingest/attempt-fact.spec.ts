import { expect, it } from '@jest/globals';
import { attempted, inbound, ofDelivery } from '../testing/facts.js';
import { dated } from '../partitions/day.js';
import { readAttemptFact } from './attempt-fact.js';

const now = Date.now();

it('reads a fact', () => {
  const fact = attempted(ofDelivery({ eventAt: now }), 1);
  const record = inbound(JSON.stringify(fact), { offset: '42' });
  expect(readAttemptFact(record, now)).toEqual({ fact, record });
});

it.each([
  ['null-value', null],
  ['bad-fact', '{"fact":'],
  ['bad-fact', Buffer.from([0xff, 0xfe])],
  ['bad-fact', '"attempted"'],
  ['bad-fact', JSON.stringify({ ...attempted(ofDelivery(), 1), number: 0 })],
])('says %s of a malformed record', (reason, value) => {
  expect(readAttemptFact(inbound(value), now)).toMatchObject({ reason });
});

it.each([
  ['tomorrow', now + 86_400_000, now + 86_400_000],
  ['in 2200', Date.UTC(2200, 0, 1), now],
  ['in 1970', 0, now],
])('stores an attempt that started %s, by its clock, under a possible time: it was quarantined, and its delivery stayed pending', (_, startedAt, kept) => {
  const record = inbound(JSON.stringify(attempted(ofDelivery({ eventAt: now }), 1, { startedAt })), { timestamp: now });
  expect(readAttemptFact(record, now)).toMatchObject({ fact: { startedAt: kept, eventAt: now } });
});

it('stores facts of an event without a time in the partition of the event', () => {
  for (const eventAt of [0, Date.UTC(2200, 0, 1)]) {
    const record = inbound(JSON.stringify(attempted(ofDelivery({ eventAt }), 1, { startedAt: now })), { timestamp: now });
    expect(readAttemptFact(record, now)).toMatchObject({ fact: { startedAt: now, eventAt: dated(eventAt, now) } });
  }
});
