import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { descriptorsWithin, openFilesLimit } from './descriptors.js';

it('has no more requests in flight than there are sockets: one tenant took them all, and the others failed', () => {
  expect(descriptorsWithin(512)).toEqual({ inFlight: 192, idle: 96 });
  expect(descriptorsWithin(64)).toEqual({ inFlight: 1, idle: 1 });
  expect(descriptorsWithin(Infinity)).toEqual({ inFlight: Infinity, idle: Infinity });
});

it('knows how many files this process may open', () => {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -n']).toString());
  expect(openFilesLimit()).toBe(Number.isNaN(limit) ? Infinity : limit);
});
