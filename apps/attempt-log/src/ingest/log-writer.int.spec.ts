import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readEvent } from '@nuncio/contracts';
import fc from 'fast-check';
import type { StoredDelivery } from '../query/deliveries/stored-delivery.js';
import { eventFilters } from '../query/filters/filters.js';
import { binding } from '../query/statement.js';
import { anyFact, attempted, inbound, ofDelivery, placed } from '../testing/facts.js';
import { Partitions } from '../partitions/partitions.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { fold, merge, type DeliveryRow } from './delivery-row.js';
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

/** A row of log.deliveries as the fold of facts would give it. */
async function storedRows(): Promise<Omit<DeliveryRow, 'of'>[]> {
  const rows = await log.dataSource.query<(StoredDelivery & { parked_position: string | null; untried: boolean; last_number: number | null })[]>(
    'SELECT * FROM log.deliveries ORDER BY id',
  );
  const ms = (at: Date | null): number | null => at?.getTime() ?? null;
  return rows.map((row) => ({
    standing: {
      status: row.status,
      nextAt: ms(row.next_at),
      waits: row.waits,
      reason: row.reason,
      parkedPosition: row.parked_position === null ? null : Number(row.parked_position),
      attempts: row.attempts,
      untried: row.untried,
      updatedAt: row.updated_at.getTime(),
      delivered: row.delivered_number === null || row.delivered_at === null ? null : { number: row.delivered_number, at: row.delivered_at.getTime() },
    },
    firstAttemptAt: ms(row.first_attempt_at),
    lastAttempt:
      row.last_attempt === null || row.last_attempt_at === null || row.last_number === null
        ? null
        : { number: row.last_number, id: row.last_attempt, startedAt: row.last_attempt_at.getTime(), responseStatus: row.response_status, errorClass: row.error_class },
  }));
}

it('stores the row that the same facts make without a database, in any batches, order and repetition', async () => {
  const of = ofDelivery();
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyFact(of), { minLength: 1, maxLength: 6 }).chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length }), fc.array(fc.constantFrom(...facts), { maxLength: 3 }))),
      fc.integer({ min: 1, max: 4 }),
      async ([facts, once, again], size) => {
        await log.dataSource.query('DELETE FROM log.deliveries; DELETE FROM log.attempts');
        const read = [...once, ...again].map(placed);
        for (let i = 0; i < read.length; i += size) await log.writer.writeFacts(read.slice(i, i + size));
        expect(await storedRows()).toEqual(fold(facts).map(({ of: _, ...rest }) => rest));
        const attempts = new Set(facts.flatMap((fact) => (fact.fact === 'attempted' ? [`${fact.id} ${fact.startedAt}`] : [])));
        expect(await count('attempts')).toBe(attempts.size);
      },
    ),
    { numRuns: 80 },
  );
});

it('stores and finds events whose attributes are as long as they may be: one with an id above 2.7 kB was delivered, and was not in the log', async () => {
  // Random, since PostgreSQL compresses a value before it judges its length.
  const long = (): string => randomBytes(24_000).toString('base64url');
  const given = [{ ce_id: long() }, { ce_source: long() }, { ce_subject: long() }, { ce_region: long() }];
  const events = given.map((odd, n): PlacedEvent => {
    const headers = { ce_specversion: '1.0', ce_id: `long-${n}`, ce_source: '/orders', ce_type: 'invoice.paid', ...odd };
    const read = readEvent(headers, Buffer.from('{}'));
    if ('reason' in read) throw new Error(read.detail);
    return { event: read, record: inbound(Buffer.from('{}'), { topic: 'events', offset: String(n), timestamp: Date.now(), headers }) };
  });
  await log.writer.writeEvents(events);
  const ids = events.map(({ event: { ceId } }) => ceId);
  const plan = await log.dataSource.transaction(async (tx) => {
    await tx.query('SET LOCAL enable_seqscan = off');
    const { values, bind } = binding();
    const where = eventFilters.ceId.where(ids, bind);
    return tx.query<Record<'QUERY PLAN', string>[]>(`EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT id FROM log.events e WHERE ${where}`, values);
  });
  const lines = plan.map((row) => row['QUERY PLAN']);
  expect(lines[0]).toContain('actual rows=4');
  expect(lines.join('\n')).toMatch(/Index Scan .*hashtext/);
});

it('counts what is new, once, even if a part of the batch is already stored', async () => {
  const callback = 'cb_counted';
  const facts = Array.from({ length: 8 }, (_, n) => placed(attempted(ofDelivery({ ceId: `counted-${n}`, callback }), 1), n));
  const counted = async (): Promise<number[]> =>
    Promise.all(['attempts', 'deliveries'].map(async (of) => (await log.dataSource.query<{ n: number }[]>(`SELECT sum(${of})::int AS n FROM log.${of}_by_minute WHERE callback = $1`, [callback]))[0]?.n ?? 0));
  for (const [upTo, again] of [[3, 1], [4, 3], [5, 1], [8, 4]] as const) {
    for (let times = 0; times < again; times++) await log.writer.writeFacts(facts.slice(0, upTo));
    expect(await counted()).toEqual([upTo, upTo]);
  }
});

it('goes on with rows that were written before facts had an order', async () => {
  const of = ofDelivery();
  const FORMER = 'UPDATE log.deliveries SET untried = NULL, delivered_number = NULL, delivered_at = NULL, last_number = NULL, fact_offset = 7';
  await fc.assert(
    fc.asyncProperty(fc.array(anyFact(of), { minLength: 1, maxLength: 3 }), anyFact(of), async (before, fact) => {
      const [row] = fold(before);
      const { standing, lastAttempt } = row!;
      // Only rows that the former release could have: no gaps in attempt numbers, no attempt after a success, and a
      // reason for each exhausted delivery.
      fc.pre(!(standing.status === 'failed' && standing.untried && standing.reason === null));
      fc.pre((lastAttempt?.number ?? 0) === standing.attempts && (!standing.delivered || (standing.delivered.at === lastAttempt?.startedAt && standing.delivered.number === lastAttempt.number && !standing.untried)));
      await log.dataSource.query('DELETE FROM log.deliveries');
      await log.writer.writeFacts(before.map(placed));
      await log.dataSource.query(FORMER);
      await log.writer.writeFacts([placed(fact, 1)]);
      const { standing: last, ...rest } = merge(row!, fold([fact])[0]!);
      expect(await storedRows()).toMatchObject([{ standing: last, firstAttemptAt: rest.firstAttemptAt, lastAttempt: rest.lastAttempt }]);
    }),
    { numRuns: 60 },
  );
});

const event = (id: string, payload: Buffer, at: number, offset: string): PlacedEvent => {
  const headers = { ce_specversion: '1.0', ce_id: id, ce_source: '/orders', ce_type: 'invoice.paid', 'content-type': 'application/json' };
  const read = readEvent(headers, payload);
  if ('reason' in read) throw new Error(read.detail);
  return { event: read, record: inbound(payload, { topic: 'events', offset, timestamp: at, headers }) };
};

it('stores payload bytes unchanged, and a record that is read again once', async () => {
  const payload = Buffer.concat([Buffer.from('{"a": 1.0, "n":12345678901234567890 }\\"\''), Buffer.from([0, 255, 254, 92, 120])]);
  const events = [event('n-1', payload, Date.now(), '1'), event('n-2', Buffer.alloc(0), Date.now(), '2')];
  await log.writer.writeEvents(events);
  await log.writer.writeEvents(events);
  const rows = await log.dataSource.query<{ payload: Buffer }[]>('SELECT payload FROM log.events ORDER BY ce_id');
  expect(rows).toEqual([{ payload }, { payload: Buffer.alloc(0) }]);
});

it('writes what retention still covers and skips the rest', async () => {
  const old = ofDelivery({ ceId: 'old', eventAt: Date.now() - 40 * 86_400_000 });
  // The event is no longer kept, but the attempt is of today.
  await log.writer.writeFacts([placed(attempted(old, 1, { startedAt: Date.now() }), 1), placed(attempted(ofDelivery(), 1), 2)]);
  expect([await count('attempts'), await count('deliveries')]).toEqual([2, 1]);
});

it('keeps whole days: with retention of one day, rows two seconds old were dropped after midnight', async () => {
  const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000;
  const partitions = new Partitions(log.dataSource, { days: 1 });
  expect(partitions.covers(midnight - 2_000, midnight + 1_000)).toBe(true);
  expect(partitions.covers(midnight - 86_400_000, midnight + 86_399_000)).toBe(true);
  expect(partitions.covers(midnight - 86_400_001, midnight + 1_000)).toBe(false);
});

it('separates the rows that PostgreSQL refuses from the rest of their batch', async () => {
  const facts = Array.from({ length: 9 }, (_, i) => placed(attempted(ofDelivery({ ceId: `n-${i}` }), 1), i));
  facts[4] = placed(attempted(ofDelivery({ ceId: 'n-4', tenant: 'ac\u0000me' }), 1), 4);
  facts[7] = placed(attempted(ofDelivery({ ceId: 'n-7' }), 2 ** 40, { startedAt: Date.now() }), 7);
  const refused: number[] = [];
  await isolate(
    facts,
    (some) => log.writer.writeFacts(some),
    async ({ record }) => void refused.push(Number(record.offset)),
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

it('writes again after another replica, which keeps fewer days, has dropped a partition: every further write to that day failed', async () => {
  const eventAt = Date.now() - 10 * 86_400_000;
  const write = (ceId: string): Promise<void> => log.writer.writeFacts([placed(attempted(ofDelivery({ ceId, eventAt }), 1), 1)]);
  await write('before');
  await new Partitions(log.dataSource, { days: 5 }).dropExpired(Date.now());
  await expect(write('after')).rejects.toThrow(/no partition of relation/);
  await write('after');
  expect(await count('deliveries')).toBe(1);
});
