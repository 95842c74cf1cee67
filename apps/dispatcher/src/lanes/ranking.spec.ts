import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Ranking } from './ranking.js';

it('ranks as a sorted array would, in whatever order numbers come and go', () => {
  const numbers = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 200 })), { maxLength: 400 });
  fc.assert(
    fc.property(numbers, fc.integer({ min: 0, max: 6_000 }), (steps, many) => {
      const ranking = new Ranking();
      let sorted: number[] = [];
      const add = (number: number): void => {
        ranking.add(number);
        sorted.push(number);
      };
      for (let n = 0; n < many; n++) add((n * 7_919) % 211);
      for (const [comes, number] of steps) {
        if (comes) add(number);
        else if (sorted.includes(number)) {
          ranking.remove(number);
          sorted.splice(sorted.indexOf(number), 1);
        }
      }
      sorted = sorted.toSorted((a, b) => a - b);
      expect(ranking.size).toBe(sorted.length);
      for (const number of [-1, 0, 99, 100, 201]) expect(ranking.below(number)).toBe(sorted.filter((one) => one < number).length);
      for (const number of sorted) ranking.remove(number);
      expect([ranking.size, ranking.below(1_000)]).toEqual([0, 0]);
    }),
    { numRuns: 30 },
  );
});
