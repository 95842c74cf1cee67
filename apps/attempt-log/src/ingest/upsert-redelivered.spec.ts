import { expect, it } from '@jest/globals';
import type { Dropped } from '@nuncio/contracts';
import fc from 'fast-check';
import { anyFact, ofDelivery } from '../testing/facts.js';
import { redelivered } from './upsert-redelivered.js';

const of = ofDelivery({ eventAt: 1_767_225_600_000 });

const anyDropped = fc.integer({ min: 1, max: 4 }).map((number): Dropped => ({ fact: 'dropped', ...of, number, reason: null }));

it('makes the same row of an operation in whatever order and however often the facts of a delivery are read', () => {
  const facts = fc.array(fc.tuple(fc.oneof(anyFact(of), anyDropped), fc.constantFrom('op_1', 'op_2', undefined)).map(([fact, operation]) => ({ ...fact, operation })), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(facts.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.array(fc.constantFrom(...all)))), ([all, once, again]) => {
      expect(redelivered([...once, ...again])).toEqual(redelivered(all));
    }),
  );
});
