import { expect, it } from '@jest/globals';
import { phasesOf } from './phases.js';

const timingsMs = { token: 40, dns: 2, connect: 5, tls: null, firstByte: 30, total: 31 };

it('tells the waits before a request from what the request took, in order, and leaves out what took nothing', () => {
  expect(phasesOf({ timingsMs, waitsMs: { place: 700, process: 0, rate: 100, handshake: 9 } })).toEqual([
    { name: 'place at the callback', ms: 700 },
    { name: 'rate', ms: 100 },
    { name: 'token', ms: 40 },
    { name: 'turn to connect', ms: 9 },
    { name: 'DNS', ms: 2 },
    { name: 'connect', ms: 3 },
    { name: 'first byte', ms: 25 },
    { name: 'answer', ms: 1 },
  ]);
});

it('reads an attempt of before there were waits', () => {
  expect(phasesOf({ timingsMs: { ...timingsMs, token: 0, firstByte: null, total: 5 }, waitsMs: null }).map(({ name }) => name)).toEqual(['DNS', 'connect']);
});
