import { expect, it } from '@jest/globals';
import { incidentsOf, type Located } from './incident.js';

const NOON = Date.UTC(2026, 0, 1, 12);
const at = (minutes: number): Date => new Date(NOON + minutes * 60_000);
const outage = (id: string, host: string | null, from: number, to: number, over: Partial<Located> = {}): Located => ({ kind: 'endpoint', id, host, tenant: 'acme', errorClass: 'http', since: at(from), until: at(to), failed: 1, isOver: true, ...over });
const told = (outages: Located[]) => incidentsOf(outages).map(({ host, errorClass, since, until, failed, outages: all }) => [host, errorClass, (since.getTime() - NOON) / 60_000, until && (until.getTime() - NOON) / 60_000, failed, all.map(({ id }) => id)]);

it('takes outages of one host and one error class as one incident while they are within an hour of each other', () => {
  expect(told([outage('b', 'a.example', 20, 30), outage('a', 'a.example', 0, 10), outage('c', 'a.example', 90, 100), outage('d', 'a.example', 161, 170), outage('e', 'b.example', 0, 5), outage('f', 'a.example', 0, 5, { errorClass: 'tls' })])).toEqual([
    ['a.example', 'http', 161, 170, 1, ['d']],
    ['a.example', 'http', 0, 100, 3, ['a', 'b', 'c']],
    ['b.example', 'http', 0, 5, 1, ['e']],
    ['a.example', 'tls', 0, 5, 1, ['f']],
  ]);
});

it('has no end while one of its outages goes on, and comes first then', () => {
  expect(told([outage('a', 'a.example', 100, 110), outage('b', 'b.example', 0, 10, { isOver: false }), outage('c', 'b.example', 300, 310)])).toEqual([
    ['b.example', 'http', 0, null, 2, ['b', 'c']],
    ['a.example', 'http', 100, 110, 1, ['a']],
  ]);
});

it('keeps apart what has no known host, and a server from an endpoint at the same host', () => {
  expect(told([outage('a', null, 0, 1), outage('b', null, 0, 1), outage('c', 'x', 0, 1), outage('d', 'x', 0, 1, { kind: 'authorization-server' })])).toHaveLength(4);
});
