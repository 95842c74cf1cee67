import { expect, it } from '@jest/globals';
import { KeyTurns } from './key-turns.js';

it('makes a tenant wait between two RSA keys, and nobody else: a tenant that made them without end took a whole core', async () => {
  const waited: number[] = [];
  const pause = (ms: number): Promise<void> => Promise.resolve(void waited.push(ms));
  let now = 5_000;
  const turns = new KeyTurns({ now: () => now, pause });
  await Promise.all([turns.make('acme', 'RS256'), turns.make('acme', 'PS256'), turns.make('acme', 'RS256')]);
  expect(waited).toEqual([1_000, 2_000]);
  await Promise.all([turns.make('globex', 'RS256'), turns.make(null, 'RS256'), turns.make('acme', 'ES256'), turns.make('acme', 'EdDSA')]);
  expect(waited).toHaveLength(2);
  now = 9_000;
  await turns.make('acme', 'RS256');
  expect(waited).toHaveLength(2);
});
