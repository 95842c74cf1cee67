import { expect, it } from '@jest/globals';
import { totalsOf } from './totals.js';

type Point = Parameters<typeof totalsOf>[0][number];
const none = { p50: null, p95: null, p99: null };
const some = { p50: 20, p95: 80, p99: 90 };
const point = (attempts: number, latencyMs: Point['latencyMs'], outcomes: Point['outcomes'] = {}): Point => ({ at: '2026-11-30T08:00:00.000Z', key: null, attempts, outcomes, latencyMs, deliveries: null, endToEndMs: null });

it('takes the latency from the newest step in which a request was sent, not from one whose attempts had no token', () => {
  expect(totalsOf([point(9, some, { delivered: 9 }), point(1, none, { token: 1 }), point(0, none)])).toMatchObject({ attempts: 10, delivered: 9, failures: [['token', 1]], latency: some });
});

it('has no latency if there was no request', () => {
  expect(totalsOf([point(1, none, { token: 1 })]).latency).toEqual(none);
});
