import { describe, expect, it } from '@jest/globals';
import type { DeliveryFact } from '@nuncio/contracts';
import fc from 'fast-check';
import { attempted, ofDelivery, succeeded } from '../testing/facts.js';
import { fold, merge, rowOf, type DeliveryRow } from './delivery-row.js';

const of = ofDelivery({ eventAt: 1_767_225_600_000 });

describe('the status of a delivery', () => {
  const cases: [string, DeliveryFact, string][] = [
    ['a success', attempted(of, 1, succeeded), 'delivered'],
    ['a failure that is tried again', attempted(of, 1), 'pending'],
    ['a failure that parks it', attempted(of, 1, { next: { step: 'parked' } }), 'parked'],
    ['the last failure', attempted(of, 1, { next: { step: 'dead' } }), 'failed'],
    ['parking without an attempt', { fact: 'parked', ...of, position: 7, number: 1, reason: 'blocked' }, 'parked'],
    ['a hold', { fact: 'held', ...of, number: 1, reason: 'no token' }, 'held'],
    ['a disabled callback', { fact: 'skipped', ...of, reason: 'disabled' }, 'skipped'],
    ['a cancelation', { fact: 'canceled', ...of, number: 2, reason: 'deactivated' }, 'canceled'],
    ['holds beyond the schedule', { fact: 'exhausted', ...of, number: 1, reason: 'no token' }, 'failed'],
    ['parking beyond 14 days', { fact: 'expired', ...of, reason: null }, 'expired'],
  ];
  it.each(cases)('follows %s', (_, fact, status) => {
    expect(rowOf(fact, 0).standing.status).toBe(status);
  });

  it('keeps the attempts behind it when it is held, parked or canceled after them', () => {
    const [row] = fold([
      { fact: attempted(of, 1), offset: 1 },
      { fact: { fact: 'parked', ...of, position: 7, number: 2, reason: 'blocked' }, offset: 2 },
    ]);
    expect(row).toMatchObject({
      attempts: 1,
      firstAttemptAt: of.eventAt + 1_000,
      lastAttempt: { responseStatus: 503 },
      standing: { status: 'parked', parkedPosition: 7 },
    });
  });
});

it('comes to the same row in whatever order and however often the facts of a delivery are read', () => {
  const history: DeliveryFact[] = [
    { fact: 'held', ...of, number: 1, reason: 'no token' },
    attempted(of, 1, { response: null, error: { class: 'timeout', detail: null } }),
    // A crash repeats a number: two attempts with ids of their own.
    attempted(of, 2),
    attempted(of, 2),
    { fact: 'parked', ...of, position: 9, number: 3, reason: 'exhausted' },
    attempted(of, 3, succeeded),
  ];
  const facts = history.map((fact, offset) => ({ fact, offset }));
  const said = ({ of: { delivery }, ...rest }: DeliveryRow): unknown => ({ delivery, ...rest });
  const expected = fold(facts).map(said);
  const orders = fc.tuple(fc.shuffledSubarray(facts, { minLength: facts.length }), fc.array(fc.constantFrom(...facts)), fc.array(fc.nat(10)));
  fc.assert(
    fc.property(orders, ([once, again, cuts]) => {
      // Batches of any size, each folded for itself, as a crash and another owner would have them.
      const read = [...once, ...again];
      const batches = [...new Set([0, ...cuts, read.length])].sort((a, b) => a - b).map((cut, i, all) => read.slice(cut, all[i + 1] ?? read.length));
      const rows = batches.flatMap((batch) => fold(batch));
      expect([said(rows.reduce(merge))]).toEqual(expected);
    }),
  );
});
