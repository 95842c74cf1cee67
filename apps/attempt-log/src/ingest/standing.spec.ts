import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { DeliveryFact } from '@nuncio/contracts';
import fc from 'fast-check';
import { DeliveryStatus } from '../delivery-status.js';
import { anyFact, attempted, ofDelivery, succeeded } from '../testing/facts.js';
import { both, LEADS_TO, standingOf, type Happening, type Standing } from './standing.js';

const of = ofDelivery({ eventAt: 1_767_225_600_000 });
const at = (seconds: number): number => of.at + seconds * 1_000;
const waits = (fact: 'parked' | 'held' | 'canceled' | 'exhausted' | 'expired', number: number, seconds: number, position = 7): DeliveryFact =>
  ({ fact, ...of, at: at(seconds), number, reason: fact, ...(fact === 'parked' ? { position } : {}) }) as DeliveryFact;
const tried = (number: number, seconds: number, over: Parameters<typeof attempted>[2] = {}): DeliveryFact => attempted(of, number, { at: at(seconds), startedAt: at(seconds), timingsMs: { token: 0, dns: null, connect: null, tls: null, firstByte: null, total: 250 }, ...over });

const after = (facts: readonly DeliveryFact[]): Standing => facts.map(standingOf).reduce(both);

describe('a delivery, in whatever order its facts are read', () => {
  const dead = { next: { step: 'dead' } } as const;
  const parks = { next: { step: 'parked' } } as const;
  it.each<[string, DeliveryFact[], Partial<Standing>]>([
    ['a retry that succeeds', [tried(1, 0), tried(2, 5, succeeded)], { status: 'delivered', attempts: 2, delivered: { number: 2, at: at(5.25) } }],
    ['a retry by a clock that is behind', [tried(1, 0), tried(2, -5, succeeded)], { status: 'delivered', attempts: 2 }],
    ['a hold, and then its attempt', [waits('held', 1, 0), tried(1, 5)], { status: 'pending', attempts: 1, nextAt: of.eventAt + 6_000 }],
    ['a retry that is held', [tried(1, 0), waits('held', 2, 1)], { status: 'held', reason: 'held', attempts: 1, nextAt: null }],
    ['parked, released, attempted', [waits('parked', 1, 0), tried(1, 9, succeeded)], { status: 'delivered', parkedPosition: null }],
    ['parked by its last failure', [tried(1, 0, parks), waits('parked', 2, 1)], { status: 'parked', attempts: 1, parkedPosition: 7 }],
    ['parked, released, parked again', [waits('parked', 1, 0, 5), waits('parked', 1, 3, 9)], { status: 'parked', parkedPosition: 9 }],
    ['parked, released, held', [waits('parked', 1, 0), waits('held', 1, 3)], { status: 'held', parkedPosition: null }],
    ['parked, released, exhausted', [waits('parked', 1, 0), waits('held', 1, 1), waits('exhausted', 1, 9)], { status: 'failed', reason: 'exhausted' }],
    ['canceled, then sent again', [tried(1, 0), waits('canceled', 2, 5), tried(2, 9, succeeded)], { status: 'delivered', attempts: 2 }],
    ['canceled, then sent again in vain', [tried(1, 0), waits('canceled', 2, 5), tried(2, 9, dead)], { status: 'failed', reason: null }],
    ['expired', [waits('parked', 1, 0), waits('expired', 1, 9)], { status: 'expired', parkedPosition: null }],
    ['expired, then recovered', [waits('parked', 1, 0), waits('expired', 1, 9), tried(1, 20, succeeded)], { status: 'delivered' }],
    ['failed, then recovered', [tried(1, 0, dead), tried(2, 5, succeeded)], { status: 'delivered', delivered: { number: 2, at: at(5.25) } }],
    ['skipped, then sent again', [{ fact: 'skipped', ...of, reason: 'disabled' }, tried(1, 5, dead)], { status: 'failed', reason: null }],
    ['delivered, then sent again in vain', [tried(1, 0, succeeded), tried(2, 9, dead)], { status: 'delivered', attempts: 2, delivered: { number: 1, at: at(0.25) } }],
    ['delivered, then parked by hand', [tried(1, 0, succeeded), waits('parked', 2, 9)], { status: 'delivered', parkedPosition: 7, attempts: 1, untried: true }],
    ['delivered twice', [tried(1, 0, succeeded), tried(2, 5, succeeded)], { status: 'delivered', attempts: 2, delivered: { number: 1, at: at(0.25) } }],
    ['a number that a crash repeated', [tried(1, 0), tried(1, 1, succeeded)], { status: 'delivered', attempts: 1 }],
  ])('%s', (_, facts, standing) => {
    for (const order of [facts, facts.toReversed(), [...facts, ...facts]]) expect(after(order)).toMatchObject(standing);
  });
});

it('has the same status for any facts in any order, together or apart, once or repeated', () => {
  const standing = fc.array(anyFact(of), { minLength: 1, maxLength: 4 }).map(after);
  fc.assert(
    fc.property(standing, standing, standing, (a, b, c) => {
      expect(both(a, b)).toEqual(both(b, a));
      expect(both(both(a, b), c)).toEqual(both(a, both(b, c)));
      expect(both(a, a)).toEqual(a);
      expect(both(both(a, b), a)).toEqual(both(a, b));
    }),
    { numRuns: 2_000 },
  );
});

it('never takes back a success', () => {
  fc.assert(
    fc.property(fc.array(anyFact(of), { minLength: 1 }), (facts) => {
      const successes = facts.filter((fact) => fact.fact === 'attempted' && fact.outcome === 'delivered').map((fact) => (fact.fact === 'attempted' ? fact.number : 0));
      const { status, delivered } = after(facts);
      expect(status === 'delivered').toBe(successes.length > 0);
      if (successes.length) expect(delivered?.number).toBe(Math.min(...successes));
    }),
  );
});

it('follows the table of docs/log.md', () => {
  const happenings = Object.keys(LEADS_TO) as Happening[];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const leads = (from: DeliveryStatus, happening: Happening): string => (from === 'delivered' ? 'delivered' : LEADS_TO[happening]);
  const table = [line(['', ...happenings]), line(['', ...happenings].map(() => '---')), ...DeliveryStatus.options.map((from) => line([`**${from}**`, ...happenings.map((happening) => leads(from, happening))]))];
  expect(readFileSync(new URL('../../../../docs/log.md', import.meta.url), 'utf8')).toContain(table.join('\n'));
});
