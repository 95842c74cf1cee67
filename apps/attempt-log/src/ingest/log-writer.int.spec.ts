import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { readEvent, type DeliveryFact } from '@nuncio/contracts';
import fc from 'fast-check';
import type { StoredDelivery } from '../query/delivery.js';
import { attempted, inbound, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { fold, type DeliveryRow } from './delivery-row.js';
import type { PlacedEvent } from './insert-events.js';
import { isolate } from './isolate.js';

let log: LogDatabase;
beforeAll(async () => {
  log = await openLog();
});
afterAll(() => log.drop());
beforeEach(() => log.dataSource.query('TRUNCATE log.events, log.unmatched, log.deliveries, log.attempts'));

const count = async (table: string): Promise<number> => {
  const [row] = await log.dataSource.query<{ n: number }[]>(`SELECT count(*)::int AS n FROM log.${table}`);
  return row?.n ?? -1;
};

/** A row of log.deliveries in the form of what facts make of it. */
async function storedRows(): Promise<Omit<DeliveryRow, 'of'>[]> {
  const rows = await log.dataSource.query<(StoredDelivery & { parked_position: string | null; fact_offset: string })[]>(
    'SELECT * FROM log.deliveries ORDER BY id',
  );
  const ms = (at: Date | null): number | null => at?.getTime() ?? null;
  return rows.map((row) => ({
    standing: {
      status: row.status,
      nextAt: ms(row.next_at),
      reason: row.reason,
      parkedPosition: row.parked_position === null ? null : Number(row.parked_position),
      updatedAt: row.updated_at.getTime(),
      factOffset: Number(row.fact_offset),
    },
    attempts: row.attempts,
    firstAttemptAt: ms(row.first_attempt_at),
    lastAttempt:
      row.last_attempt === null || row.last_attempt_at === null
        ? null
        : { id: row.last_attempt, startedAt: row.last_attempt_at.getTime(), responseStatus: row.response_status, errorClass: row.error_class },
  }));
}

it('stores each attempt once and the same delivery, in whatever batches, order and repetition the facts come', async () => {
  const of = ofDelivery();
  const history: DeliveryFact[] = [
    { fact: 'held', ...of, number: 1, reason: 'no token' },
    attempted(of, 1, { response: null, error: { class: 'timeout', detail: null } }),
    attempted(of, 2),
    { fact: 'parked', ...of, position: 9, number: 3, reason: 'exhausted' },
    attempted(of, 3, succeeded),
  ];
  const facts = history.map(placed);
  const expected = fold(facts).map(({ of: _, ...rest }) => rest);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(facts, { minLength: facts.length }),
      fc.array(fc.constantFrom(...facts)),
      fc.integer({ min: 1, max: 4 }),
      async (once, again, size) => {
        await log.dataSource.query('TRUNCATE log.deliveries, log.attempts');
        const read = [...once, ...again];
        for (let i = 0; i < read.length; i += size) await log.writer.writeFacts(read.slice(i, i + size));
        expect(await storedRows()).toEqual(expected);
        expect(await count('attempts')).toBe(3);
      },
    ),
    { numRuns: 40 },
  );
});

const event = (id: string, payload: Buffer, at: number, offset: string): PlacedEvent => {
  const headers = { ce_specversion: '1.0', ce_id: id, ce_source: '/orders', ce_type: 'invoice.paid', 'content-type': 'application/json' };
  const read = readEvent(headers, payload);
  if ('reason' in read) throw new Error(read.detail);
  return { event: read, record: inbound(payload, { topic: 'events', offset, timestamp: at, headers }) };
};

it('keeps payload bytes as they are, and a record that is read again once', async () => {
  const payload = Buffer.concat([Buffer.from('{"a": 1.0, "n":12345678901234567890 }\\"\''), Buffer.from([0, 255, 254, 92, 120])]);
  const events = [event('n-1', payload, Date.now(), '1'), event('n-2', Buffer.alloc(0), Date.now(), '2')];
  await log.writer.writeEvents(events);
  await log.writer.writeEvents(events);
  const rows = await log.dataSource.query<{ payload: Buffer }[]>('SELECT payload FROM log.events ORDER BY ce_id');
  expect(rows).toEqual([{ payload }, { payload: Buffer.alloc(0) }]);
});

it('writes what retention still covers and leaves the rest', async () => {
  const old = ofDelivery({ ceId: 'old', eventAt: Date.now() - 40 * 86_400_000 });
  // A retry of an event that is gone: its attempt is of today.
  await log.writer.writeFacts([placed(attempted(old, 1, { startedAt: Date.now() }), 1), placed(attempted(ofDelivery(), 1), 2)]);
  expect([await count('attempts'), await count('deliveries')]).toEqual([2, 1]);
});

it('parts what PostgreSQL refuses from its batch', async () => {
  const facts = Array.from({ length: 9 }, (_, i) => placed(attempted(ofDelivery({ ceId: `n-${i}` }), 1), i));
  facts[4] = placed(attempted(ofDelivery({ ceId: 'n-4', tenant: 'ac\u0000me' }), 1), 4);
  facts[7] = placed(attempted(ofDelivery({ ceId: 'n-7' }), 2 ** 40), 7);
  const refused: number[] = [];
  await isolate(
    facts,
    (some) => log.writer.writeFacts(some),
    async ({ offset }) => void refused.push(offset),
  );
  expect(refused).toEqual([4, 7]);
  expect(await count('deliveries')).toBe(7);
});

it('drops days past retention, and only these', async () => {
  const today = Date.now();
  await log.partitions.ahead(today);
  await log.writer.writeFacts([placed(attempted(ofDelivery(), 1, { startedAt: today }), 1)]);
  expect(await log.partitions.dropExpired(today)).toEqual([]);
  const dropped = await log.partitions.dropExpired(today + 31 * 86_400_000);
  expect(dropped).toHaveLength(new Set(dropped).size);
  expect(dropped.filter((name) => name.startsWith('attempts_')).length).toBeGreaterThan(0);
  expect(await count('attempts')).toBe(0);
});
