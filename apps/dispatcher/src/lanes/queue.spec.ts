import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Queue } from './queue.js';

describe('a queue', () => {
  it('does what an array would, however long it grows', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('push' as const), n: fc.integer({ min: 1, max: 3_000 }) }),
      fc.record({ do: fc.constantFrom('shift' as const, 'last' as const), n: fc.integer({ min: 1, max: 3_000 }) }),
      fc.record({ do: fc.constant('out' as const), n: fc.integer({ min: 1, max: 9 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const queue = new Queue<number>();
        let array: number[] = [];
        let next = 0;
        for (const { do: what, n } of steps) {
          if (what === 'push') {
            for (let i = 0; i < n; i++, next++) {
              array.push(next);
              queue.push(next);
            }
          } else if (what === 'shift') for (let i = 0; i < n; i++) expect(queue.shift()).toBe(array.shift());
          else if (what === 'last') {
            const at = array.findLastIndex((item) => item % n === 0);
            expect(queue.takeLast((item) => item % n === 0)).toBe(at < 0 ? array.pop() : array.splice(at, 1)[0]);
          } else {
            expect(queue.takeOut((item) => item % n === 0)).toEqual(array.filter((item) => item % n === 0));
            array = array.filter((item) => item % n !== 0);
          }
          expect(queue.length).toBe(array.length);
        }
        expect(queue.takeOut(() => true)).toEqual(array);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps an order where each is inserted by it, of equals the first one first, also while others leave', () => {
    const step = fc.oneof(fc.record({ rank: fc.nat(20) }), fc.constant('shift' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 2_000, size: 'max' }), (steps) => {
        const queue = new Queue<{ rank: number; n: number }>();
        const array: { rank: number; n: number }[] = [];
        for (const [n, what] of steps.entries()) {
          if (what === 'shift') expect(queue.shift()).toBe(array.shift());
          else {
            const item = { rank: what.rank, n };
            queue.insert(item, (other) => other.rank <= item.rank);
            array.push(item);
            array.sort((a, b) => a.rank - b.rank || a.n - b.n);
          }
        }
        expect(queue.takeOut(() => true)).toEqual(array);
      }),
      { numRuns: 20 },
    );
  });
});
