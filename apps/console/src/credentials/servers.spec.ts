import { expect, it } from '@jest/globals';
import type { Schemas } from '../api/client.js';
import { serversOf, stateOf } from './servers.js';

const NOW = Date.parse('2026-01-31T12:00:00Z');

const health = (host: string | null, state: Schemas['CredentialHealth']['state'], rest: object = {}): Schemas['CredentialHealth'] =>
  ({ host, state, requestsToday: { total: 2, failed: 1 }, lastFailure: null, callbacks: [{ id: 'cb_1', name: 'a', enabled: true }], ...rest }) as Schemas['CredentialHealth'];
const failure = (code: string | null, pausedUntil: string | null = null) => ({ lastFailure: { pausedUntil, tokenError: { code, class: 'http', httpStatus: 503 } } });

it('puts failing servers first, and counts a callback once', () => {
  const servers = serversOf([health('good.example', 'working'), health('bad.example', 'failing', failure('invalid_client')), health('bad.example', 'working')], new Map([['bad.example', 41]]), NOW);
  expect(servers.map(({ host, failing, requests, failed, callbacks, p95 }) => [host, failing, requests, failed, callbacks, p95])).toEqual([['bad.example', 1, 4, 2, 1, 41], ['good.example', 0, 2, 1, 1, null]]);
  expect(servers.map((server) => stateOf(server).as)).toEqual(['1 of 2 failing', 'working']);
});

it('names the errors of what fails now, the most frequent first, and the end of the longest pause', () => {
  const [server] = serversOf(
    [
      health('bad.example', 'failing', failure(null, '2026-01-31T11:59:00Z')),
      health('bad.example', 'failing', failure('invalid_client', '2026-01-31T12:05:00Z')),
      health('bad.example', 'failing', failure('invalid_client', '2026-01-31T12:09:00Z')),
      health('bad.example', 'working', failure('invalid_scope', '2026-01-31T13:00:00Z')),
    ],
    undefined,
    NOW,
  );
  expect(server).toMatchObject({ errors: ['invalid_client', 'http 503'], pausedUntil: '2026-01-31T12:09:00Z' });
});

it('calls a server that was never asked so', () => {
  expect(serversOf([health(null, 'unknown')], undefined, NOW).map((server) => [server.host, stateOf(server).as])).toEqual([['–', 'not asked']]);
});
