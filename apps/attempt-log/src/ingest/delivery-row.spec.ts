import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyFact, attempted, ofDelivery } from '../testing/facts.js';
import { fold, merge, type DeliveryRow } from './delivery-row.js';

const of = ofDelivery({ eventAt: 1_767_225_600_000 });

it('keeps its attempts when it is held, parked or canceled after them', () => {
  const [row] = fold([attempted(of, 1), { fact: 'parked', ...of, position: 7, number: 2, reason: 'blocked' }]);
  expect(row).toMatchObject({ firstAttemptAt: of.eventAt + 1_000, lastAttempt: { number: 1, responseStatus: 503 }, standing: { status: 'parked', attempts: 1, parkedPosition: 7 } });
});

it('shows the attempt with the highest number as the last, whatever the clocks say', () => {
  const [row] = fold([attempted(of, 2, { startedAt: of.at }), attempted(of, 1, { startedAt: of.at + 5_000 })]);
  expect(row).toMatchObject({ firstAttemptAt: of.at, lastAttempt: { number: 2, startedAt: of.at } });
});

it('has the same row in whatever order and however often the facts of a delivery are read', () => {
  const said = ({ of: { delivery }, ...rest }: DeliveryRow): unknown => ({ delivery, ...rest });
  const reading = fc
    .array(anyFact(of), { minLength: 1, maxLength: 8 })
    .chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length }), fc.array(fc.constantFrom(...facts)), fc.array(fc.nat(10))));
  fc.assert(
    fc.property(reading, ([facts, once, again, cuts]) => {
      // Batches of any size, each folded by itself, as they are after a crash or when partitions change their owner.
      const read = [...once, ...again];
      const batches = [...new Set([0, ...cuts, read.length])].sort((a, b) => a - b).map((cut, i, all) => read.slice(cut, all[i + 1] ?? read.length));
      const rows = batches.flatMap((batch) => fold(batch));
      expect([said(rows.reduce(merge))]).toEqual(fold(facts).map(said));
    }),
  );
});
