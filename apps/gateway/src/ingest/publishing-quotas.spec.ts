import { expect, it } from '@jest/globals';
import { NO_QUOTAS } from '@nuncio/contracts';
import { PublishingQuotas } from './publishing-quotas.js';

const NOON = Date.UTC(2026, 0, 31, 12);
const outcome = (work: () => void): string | number | null => {
  try {
    work();
    return 'taken';
  } catch (error) {
    return (error as { retryAfterSeconds: number | null }).retryAfterSeconds;
  }
};

it('limits the events a second of each tenant separately', () => {
  const quotas = new PublishingQuotas(10);
  const publish = (tenant: string, now: number, events = 1): string | number | null => outcome(() => { quotas.take(tenant, { ...NO_QUOTAS, eventsPerSecond: 2 }, { events, bytes: 1, deliveries: 0 }, now); });
  expect([1, 2, 3].map(() => publish('acme', NOON))).toEqual(['taken', 'taken', 1]);
  expect(publish('globex', NOON)).toBe('taken');
  expect(publish('acme', NOON + 500)).toBe('taken');
  // A batch is accepted as a whole, and what follows must wait for it.
  expect(publish('acme', NOON + 10_000, 20)).toBe('taken');
  expect(publish('acme', NOON + 10_000)).toBe(10);
  expect(publish('acme', NOON + 20_000)).toBe('taken');
});

it('limits the bytes of a day, and says to retry when the next day begins', () => {
  const quotas = new PublishingQuotas(10);
  const publish = (now: number, bytes: number): string | number | null => outcome(() => { quotas.take('acme', { ...NO_QUOTAS, payloadBytesPerDay: 100 }, { events: 1, bytes, deliveries: 0 }, now); });
  expect([publish(NOON, 60), publish(NOON, 60), publish(NOON, 40)]).toEqual(['taken', 43_200, 'taken']);
  expect(publish(NOON + 43_200_000, 60)).toBe('taken');
});

it('says what is used: events of the present second, if they are limited, and bytes of the day', () => {
  const quotas = new PublishingQuotas(10);
  const limits = { ...NO_QUOTAS, eventsPerSecond: 10 };
  expect(quotas.usedBy('acme', limits, NOON)).toEqual({ events: 0, bytes: 0 });
  quotas.take('acme', limits, { events: 4, bytes: 60, deliveries: 0 }, NOON);
  expect(quotas.usedBy('acme', limits, NOON)).toEqual({ events: 4, bytes: 60 });
  expect(quotas.usedBy('acme', limits, NOON + 200)).toEqual({ events: 2, bytes: 60 });
  expect(quotas.usedBy('acme', NO_QUOTAS, NOON + 43_200_000)).toEqual({ events: null, bytes: 0 });
  expect(quotas.usedBy('globex', limits, NOON)).toEqual({ events: 0, bytes: 0 });
});

it('refuses everything with a quota of 0, and accepts everything without a quota', () => {
  const quotas = new PublishingQuotas(10);
  expect(outcome(() => { quotas.take('acme', { ...NO_QUOTAS, eventsPerSecond: 0 }, { events: 1, bytes: 1, deliveries: 0 }, NOON); })).toBe(86_400);
  expect(outcome(() => { quotas.take('acme', NO_QUOTAS, { events: 1_000, bytes: 2 ** 40, deliveries: 0 }, NOON); })).toBe('taken');
});

it('charges a tenant for the deliveries that its events may have: a batch of 1,000 counted as 1,000 although each went to a hundred', () => {
  const quotas = new PublishingQuotas(10);
  const publish = (tenant: string, now: number, deliveries: number): string | number | null => outcome(() => { quotas.take(tenant, NO_QUOTAS, { events: 1, bytes: 1, deliveries }, now); });
  expect([publish('acme', NOON, 100), publish('acme', NOON, 1), publish('globex', NOON, 1)]).toEqual(['taken', 10, 'taken']);
  // An event without deliveries costs nothing of that rate.
  expect(publish('acme', NOON, 0)).toBe('taken');
  expect(publish('acme', NOON + 10_000, 1)).toBe('taken');
});

it('takes no batch that comes to more deliveries than a second\'s worth, and every event by itself', () => {
  const quotas = new PublishingQuotas(10);
  const publish = (events: number, deliveries: number): void => { quotas.take('acme', NO_QUOTAS, { events, bytes: 1, deliveries }, NOON); };
  expect(() => { publish(2, 11); }).toThrow(expect.objectContaining({ code: 'too-large' }));
  publish(2, 10);
  expect(outcome(() => { quotas.take('globex', NO_QUOTAS, { events: 1, bytes: 1, deliveries: 11 }, NOON); })).toBe('taken');
});
