import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { SingleFlight } from './single-flight.js';

it('runs one at a time for each key, different keys concurrently, and shares the result with all who wait', async () => {
  const flights: { passengers: readonly string[]; land: () => void }[] = [];
  const airline = new SingleFlight<string>((passengers) => new Promise((land) => flights.push({ passengers, land })));
  airline.board('a', 'a1');
  airline.board('a', 'a2');
  airline.board('b', 'b1');
  await turn();
  expect(flights.map((f) => f.passengers)).toEqual([['a1', 'a2'], ['b1']]);

  airline.board('a', 'a3');
  airline.board('a', 'a4');
  await turn();
  expect(flights).toHaveLength(2);
  flights[0]!.land();
  await turn();
  expect(flights[2]?.passengers).toEqual(['a3', 'a4']);

  flights[2]!.land();
  await turn();
  airline.board('a', 'a5');
  await turn();
  expect(flights[3]?.passengers).toEqual(['a5']);
});
