import { expect, it } from '@jest/globals';
import type { Schemas } from '../api/client.js';
import { causesOf } from './causes.js';

const failing = (callback: string, errorClass: string, at: string, pending = 0): Schemas['CallbackHealth'] => {
  const waiting = (count: number) => ({ count, exact: true, oldestAt: null });
  return { callback, since: at, lastFailure: { at, errorClass, advice: `of ${callback}` }, waiting: { pending: waiting(pending), held: waiting(1), parked: waiting(0) } } as unknown as Schemas['CallbackHealth'];
};

it('takes endpoints of one host that fail alike as one cause, the widest first', () => {
  const hosts: Readonly<Record<string, string>> = { cb_1: 'a.example', cb_2: 'b.example', cb_3: 'b.example', cb_4: 'b.example' };
  const health = [failing('cb_1', 'http', '2026-01-01T10:00:00Z', 5), failing('cb_2', 'tls', '2026-01-01T12:00:00Z'), failing('cb_3', 'tls', '2026-01-01T11:00:00Z', 3), failing('cb_4', 'http', '2026-01-01T09:00:00Z')];
  expect(causesOf(health, (id) => hosts[id] ?? null).map(({ host, errorClass, since, endpoints, waiting, last }) => [host, errorClass, since, endpoints.length, waiting, last?.advice])).toEqual([
    ['b.example', 'tls', '2026-01-01T11:00:00Z', 2, 5, 'of cb_2'],
    ['a.example', 'http', '2026-01-01T10:00:00Z', 1, 6, 'of cb_1'],
    ['b.example', 'http', '2026-01-01T09:00:00Z', 1, 1, 'of cb_4'],
  ]);
});

it('keeps apart what it knows no host of', () => {
  expect(causesOf([failing('cb_1', 'dns', '2026-01-01T10:00:00Z'), failing('cb_2', 'dns', '2026-01-01T10:00:00Z')], () => null)).toHaveLength(2);
});
