import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventId, readEvent, type Principal } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';
import { Turns } from '@nuncio/service';
import type { StreamableFile } from '@nestjs/common';
import { Downloads } from '../export/downloads.js';
import { AttemptsController } from '../query/attempts/attempts.controller.js';
import { DeliveriesController } from '../query/deliveries/deliveries.controller.js';
import { EventsController } from '../query/events/events.controller.js';
import { streamQuery } from '../query/filters/filter.js';
import { attemptFilters, deliveryFilters, eventFilters } from '../query/filters/filters.js';
import { attempted, inbound, ofDelivery, placed, succeeded } from '../testing/facts.js';
import { openLog, type LogDatabase } from '../testing/log-database.js';
import { LiveStreams, type Source } from './live-streams.js';
import type { Place } from './place.js';
import { selectWritten } from './select-written.js';

const admin: Principal = { id: 'key_admin', role: 'admin', tenant: null, groups: [] };
const acme: Principal = { id: 'key_acme', role: 'viewer', tenant: 'acme', groups: [] };
const isStill = (): Promise<boolean> => Promise.resolve(true);
const view = { all: () => [], get: () => undefined } as unknown as ConfigView;

let log: LogDatabase;
let streams: LiveStreams;
let open: Readable[] = [];
beforeAll(async () => {
  log = await openLog();
  streams = new LiveStreams({ lookEveryMs: 10, heartbeatMs: 50 });
});
afterEach(() => {
  for (const stream of open) stream.destroy();
  open = [];
});
afterAll(() => log.drop());

let offset = 0;
const write = (ceId: string, over: Parameters<typeof ofDelivery>[0] = {}, result: Parameters<typeof attempted>[2] = {}): Promise<void> =>
  log.writer.writeFacts([placed(attempted(ofDelivery({ ceId, ...over }), 1, result), offset++)]);

/**
 * A stream that starts while a transaction is under way, of any database of the server, begins before that transaction, and may show again what was written since. Waits until there
 * is none from before the last row.
 */
async function allSettled(): Promise<void> {
  for (;;) {
    const [row] = await log.dataSource.query<{ settled: boolean | null }[]>(
      'SELECT bool_and(written < pg_snapshot_xmin(pg_current_snapshot())) AS settled FROM (SELECT written FROM log.attempts UNION ALL SELECT written FROM log.deliveries UNION ALL SELECT written FROM log.events UNION ALL SELECT written FROM log.unmatched) every',
    );
    if (row?.settled !== false) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const attempts = async (given: Record<string, unknown> = {}, last?: string, caller = admin) => {
  await allSettled();
  return reader(await new AttemptsController(log.dataSource, streams, new Downloads(new Turns())).stream(caller, streamQuery(attemptFilters).parse(given), last, isStill));
};
const deliveries = async (given: Record<string, unknown> = {}, last?: string) => {
  await allSettled();
  return reader(await new DeliveriesController(log.dataSource, view, streams).stream(admin, streamQuery(deliveryFilters).parse(given), last, isStill));
};
const events = async (given: Record<string, unknown> = {}, last?: string, caller = admin) => {
  await allSettled();
  return reader(await new EventsController(log.dataSource, view, streams).stream(caller, streamQuery(eventFilters).parse(given), last, isStill));
};

/** Writes the record of an event for the tenants, and returns when it was published. */
async function publish(ceId: string, tenants: string, attributes: Record<string, string> = {}): Promise<number> {
  const event = readEvent({ ce_specversion: '1.0', ce_id: ceId, ce_source: '/orders', ce_type: 'invoice.paid', ce_tenant: tenants, ...attributes }, Buffer.from('{}'));
  if ('reason' in event) throw new Error(event.detail);
  const eventAt = Date.now();
  await log.writer.writeEvents([{ event, record: inbound('', { timestamp: eventAt, offset: String(offset++) }) }]);
  return eventAt;
}

const unmatched = (ceId: string, eventAt: number, reason: 'no-subscription' | 'unknown-tenant'): Promise<void> =>
  log.writer.writeFacts([placed({ fact: 'unmatched', event: eventId('/orders', ceId), eventAt, eventType: 'invoice.paid', at: eventAt, reason }, offset++)]);

/** Time for ten looks, after everything that was written may be shown. */
async function looked(): Promise<void> {
  await allSettled();
  await new Promise((resolve) => setTimeout(resolve, 100));
}

interface Event {
  readonly event: string;
  readonly id: string;
  readonly data: { readonly id: string; readonly ceId: string; readonly tenant: string; readonly status?: string; readonly unmatched?: string | null; readonly deliveries?: readonly { tenant: string; status: string }[] };
}

/** Parses server-sent events as a browser does. */
function reader(file: StreamableFile) {
  const stream = file.getStream();
  open.push(stream);
  let text = '';
  let lastId = '';
  const events: Event[] = [];
  stream.setEncoding('utf8');
  stream.on('error', () => undefined);
  const read = (async () => {
    for await (const chunk of stream) {
      text += String(chunk);
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const fields = Object.fromEntries(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => line.split(/: ?(.*)/s).slice(0, 2) as [string, string]),
        );
        text = text.slice(end + 2);
        lastId = fields.id ?? lastId;
        if (fields.data) events.push({ event: fields.event ?? '', id: lastId, data: JSON.parse(fields.data) as Event['data'] });
      }
    }
  })().catch(() => undefined);
  const until = async (count: number): Promise<string[]> => {
    for (const deadline = Date.now() + 60_000; events.length < count && Date.now() < deadline;) await new Promise((resolve) => setTimeout(resolve, 5));
    return events.map(({ data }) => data.ceId);
  };
  return { events, until, read, lastId: () => lastId };
}

it('shows attempts as they are written, each once, with the filters of the list', async () => {
  await write('before');
  const [all, failed] = [await attempts(), await attempts({ status: 'failed', tenant: 'acme' })];
  await write('a');
  await write('b', {}, succeeded);
  await write('c', { tenant: 'globex' });
  await write('a'); // another attempt of the same delivery
  expect(await all.until(4)).toEqual(['a', 'b', 'c', 'a']);
  expect(await failed.until(2)).toEqual(['a', 'a']);
  expect(all.events[0]).toMatchObject({ event: 'attempt', id: expect.stringMatching(/^\d+-att_/) });
});

it('shows what was asked for, by operation, caller and reason', async () => {
  const [tried, moved] = [await attempts({ operation: 'op_1', reason: 'replay' }), await deliveries({ operation: 'op_1', requestedBy: 'key_1', reason: '!no-token' })];
  const asked = { reason: 'replay', requestedBy: 'key_1', operation: 'op_1' } as const;
  const { delivery, eventAt } = ofDelivery({ ceId: 'asked for', eventAt: Date.now() });
  await log.writer.writeTimeline([{ delivery, eventAt, at: eventAt, number: 2, fact: 'asked', hold: null, ...asked }]);
  await write('not asked for');
  await write('asked for', { eventAt }, asked);
  expect([await tried.until(1), await moved.until(1)]).toEqual([['asked for'], ['asked for']]);
});

it('shows a tenant only its own, whatever it asks for', async () => {
  const [own, asked] = [await attempts({}, undefined, acme), await attempts({ tenant: 'globex' }, undefined, acme)];
  await write('theirs', { tenant: 'globex' });
  await write('mine');
  expect(await own.until(1)).toEqual(['mine']);
  expect(asked.events).toEqual([]);
});

it('goes on where a reader stopped, over any number of rows of one transaction, and after a heartbeat without an id', async () => {
  const facts = Array.from({ length: 250 }, (_, i) => placed(attempted(ofDelivery({ ceId: `n-${i}`, tenant: 'many' }), 1), offset++));
  const first = await attempts({ tenant: 'many' });
  await log.writer.writeFacts(facts);
  await first.until(250);
  const middle = first.events[119];
  expect(new Set(first.events.map(({ data }) => data.id)).size).toBe(250);
  const again = await attempts({ tenant: 'many' }, middle?.id);
  await again.until(130);
  expect(again.events.map(({ data }) => data.id)).toEqual(first.events.slice(120).map(({ data }) => data.id));

  const idle = await attempts({ tenant: 'nobody' });
  for (const before = idle.lastId(); idle.lastId() === before;) await new Promise((resolve) => setTimeout(resolve, 5));
  const heartbeat = idle.lastId();
  await write('later', { tenant: 'nobody' });
  expect(await (await attempts({ tenant: 'nobody' }, heartbeat)).until(1)).toEqual(['later']);
});

it('waits for a transaction that began before and ends after others', async () => {
  const slow = log.dataSource.createQueryRunner();
  await slow.startTransaction();
  await slow.query('SELECT pg_current_xact_id()');
  const seen = await attempts({ tenant: 'patient' });
  await write('x', { tenant: 'patient' });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(seen.events).toEqual([]);
  await slow.rollbackTransaction();
  await slow.release();
  expect(await seen.until(1)).toEqual(['x']);
});

it('shows a delivery whenever it changes', async () => {
  const seen = await deliveries({ tenant: 'moving' });
  const of = ofDelivery({ ceId: 'm', tenant: 'moving' });
  await log.writer.writeFacts([placed(attempted(of, 1), offset++)]);
  await seen.until(1);
  await log.writer.writeFacts([placed(attempted(of, 2, succeeded), offset++)]);
  await seen.until(2);
  expect(seen.events.map(({ data: { id, status } }) => ({ id, status }))).toEqual([
    { id: of.delivery, status: 'pending' },
    { id: of.delivery, status: 'delivered' },
  ]);
});

it('shows an event once when it is recorded, and again when a delivery of it moves, or nobody gets it', async () => {
  const seen = await events();
  const [moved, lost] = [await publish('moved', 'acme'), await publish('lost', 'acme')];
  await looked();
  expect(await seen.until(2)).toEqual(['moved', 'lost']);
  await write('moved', { eventAt: moved });
  await seen.until(3);
  await write('moved', { eventAt: moved }, succeeded);
  await seen.until(4);
  await unmatched('lost', lost, 'no-subscription');
  await seen.until(5);
  await looked();
  expect(seen.events.slice(2).map(({ event, data: { ceId, deliveries, unmatched } }) => [event, ceId, deliveries?.map(({ status }) => status), unmatched])).toEqual([
    ['event', 'moved', ['pending'], null],
    ['event', 'moved', ['delivered'], null],
    ['event', 'lost', [], 'no-subscription'],
  ]);
});

it('goes on after an event, and shows what has changed meanwhile once, as it is now', async () => {
  const first = await events();
  await publish('seen', 'acme');
  await first.until(1);
  const eventAt = await publish('missed', 'acme');
  for (const result of [{}, succeeded]) await write('missed', { eventAt }, result);
  const again = await events({}, first.events[0]?.id);
  await again.until(1);
  await looked();
  expect(again.events.map(({ data: { ceId, deliveries } }) => [ceId, deliveries?.map(({ status }) => status)])).toEqual([['missed', ['delivered']]]);
});

it('shows every event of one transaction once, also to a reader who was cut off among them', async () => {
  // More than one look passes.
  const records = Array.from({ length: 1_050 }, (_, i) => {
    const event = readEvent({ ce_specversion: '1.0', ce_id: `bulk-${i}`, ce_source: '/orders', ce_type: 'invoice.paid' }, Buffer.from('{}'));
    if ('reason' in event) throw new Error(event.detail);
    return { event, record: inbound('', { offset: String(offset++) }) };
  });
  const first = await events();
  await log.writer.writeEvents(records);
  await first.until(1_050);
  const again = await events({}, first.events[1_029]?.id);
  await again.until(20);
  await looked();
  const idsOf = (seen: typeof first): string[] => seen.events.map(({ data }) => data.id);
  expect(new Set(idsOf(first)).size).toBe(1_050);
  expect([idsOf(first).length, idsOf(again)]).toEqual([1_050, idsOf(first).slice(1_030)]);
});

it('shows events by every filter of the list', async () => {
  const bySubject = await events({ subject: 'order-4711', ceSource: '/orders', eventType: 'invoice.paid' });
  const byExtension = await events({ ext: { region: 'eu' } });
  const ofNobody = await events({ unmatched: 'any', tenant: 'acme' });
  const eventAt = await publish('found', 'acme', { ce_subject: 'order-4711', ce_region: 'eu' });
  await publish('not found', 'acme', { ce_subject: 'order-4712', ce_region: 'us' });
  expect([await bySubject.until(1), await byExtension.until(1), ofNobody.events]).toEqual([['found'], ['found'], []]);
  await unmatched('found', eventAt, 'no-subscription');
  expect(await ofNobody.until(1)).toEqual(['found']);
});

it('shows a tenant an event once it has a delivery of it, and nothing of what others have', async () => {
  await log.owned('callback', [{ id: 'cb_theirs', state: { tenant: 'acme', groups: ['others'] } }, { id: 'cb_own', state: { tenant: 'acme', groups: ['own'] } }]);
  const consumer: Principal = { id: 'key_consumer', role: 'consumer', tenant: 'acme', groups: ['own'] };
  const [own, asked, ofGroup] = [await events({}, undefined, acme), await events({ tenant: 'globex' }, undefined, acme), await events({}, undefined, consumer)];
  const eventAt = await publish('shared', 'acme, globex, nobody');
  await looked();
  expect(own.events).toEqual([]);
  await write('shared', { eventAt, callback: 'cb_own' });
  expect([await own.until(1), await ofGroup.until(1)]).toEqual([['shared'], ['shared']]);
  await write('shared', { eventAt, tenant: 'globex', callback: 'cb_globex', subscription: 'sub_globex' });
  await unmatched('shared', eventAt, 'unknown-tenant');
  await looked();
  await write('shared', { eventAt, callback: 'cb_theirs', subscription: 'sub_theirs' });
  await own.until(2);
  await looked();
  // What is of others has not sent it again.
  expect([own, ofGroup].map((seen) => seen.events.map(({ data }) => data.deliveries?.map(({ tenant }) => tenant)))).toEqual([[['acme'], ['acme', 'acme']], [['acme']]]);
  expect(own.events.map(({ data }) => [data.unmatched, (data as { tenants?: string[] }).tenants])).toEqual([[null, ['acme']], [null, ['acme']]]);
  expect(asked.events).toEqual([]);
});

it('shows a tenant an event whose delivery is stored before it', async () => {
  const own = await events({}, undefined, acme);
  const eventAt = Date.now() - 1_000;
  await write('early', { eventAt });
  await looked();
  expect(own.events).toEqual([]);
  const event = readEvent({ ce_specversion: '1.0', ce_id: 'early', ce_source: '/orders', ce_type: 'invoice.paid', ce_tenant: 'acme' }, Buffer.from('{}'));
  if ('reason' in event) throw new Error(event.detail);
  await log.writer.writeEvents([{ event, record: inbound('', { timestamp: eventAt, offset: String(offset++) }) }]);
  expect(await own.until(1)).toEqual(['early']);
});

it('refuses an id that no stream sent, and starts at the present for one of another database', async () => {
  await expect(attempts({}, "1' or 1=1")).rejects.toMatchObject({ code: 'invalid' });
  const ahead = await attempts({ tenant: 'restored' }, '900000000000');
  await write('new', { tenant: 'restored' });
  expect(await ahead.until(1)).toEqual(['new']);
});

it('reads a limited number of rows at a time, whatever it searches for and however far behind it begins', async () => {
  await write('one-of-many', { tenant: 'crowd' });
  await log.dataSource.query(
    `INSERT INTO log.attempts (id, started_at, delivery, event_id, event_type, tenant, application, callback, subscription, outcome, fact)
     SELECT 'att_crowd' || n, started_at, delivery, event_id, event_type, tenant, application, callback, subscription, outcome, fact
     FROM log.attempts, generate_series(1, 20000) n WHERE tenant = 'crowd'`,
  );
  await write('alone', { tenant: 'alone' });
  const next = (after: Place) => selectWritten<{ id: string; tenant: string }>(log.dataSource, { select: 'id, tenant', from: 'log.attempts', where: () => [`tenant = 'alone'`] }, after);
  const first = await next({ xid: '0', id: '' });
  expect(first).toMatchObject({ items: [], isFull: true });
  // A row written after a transaction that is still open, even in another database of the server, is not shown yet.
  let second = await next(first.place);
  while (!second.items.length) second = await next(second.place);
  expect(second).toMatchObject({ items: [{ row: { tenant: 'alone' } }], isFull: false });
});

const endless = (id: string, isStill: () => Promise<boolean>, tenant: string | null = null): Source<{ id: string }> => ({
  ...{ reader: { caller: { id, tenant }, isStill }, name: 'row', place: { xid: '1', id: '' }, show: () => null },
  next: (place) => Promise.resolve({ items: [], place, isFull: false }),
});

it('ends when the rights of the caller change', async () => {
  let isValid = true;
  const { read } = reader(streams.open(endless('key_revoked', () => Promise.resolve(isValid))));
  isValid = false;
  await read;
});

it('serves ten streams of one caller, and leaves room for others', async () => {
  const opened = Array.from({ length: 10 }, () => reader(streams.open(endless('key_greedy', isStill))));
  expect(() => streams.open(endless('key_greedy', isStill))).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
  reader(streams.open(endless('key_modest', isStill)));
  for (const stream of open.slice(0, 1)) stream.destroy();
  await opened[0]?.read;
  reader(streams.open(endless('key_greedy', isStill)));
});

it('serves thirty streams of one tenant, however many keys it has, and leaves room for others', () => {
  for (let n = 0; n < 30; n++) reader(streams.open(endless(`key_${n}`, isStill, 'greedy')));
  expect(() => streams.open(endless('key_30', isStill, 'greedy'))).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
  reader(streams.open(endless('key_31', isStill, 'modest')));
  // Four tenants take all streams.
  const takeAll = (): void => {
    for (let n = 0; n < 100; n++) reader(streams.open(endless(`key_${n}`, isStill, `more_${Math.floor(n / 25)}`)));
  };
  expect(takeAll).toThrow(expect.objectContaining({ code: 'unavailable' }));
  expect(() => streams.open(endless('key_32', isStill, 'modest'))).toThrow(expect.objectContaining({ code: 'unavailable' }));
  reader(streams.open(endless('key_33', isStill, 'newcomer')));
});

it('cuts off a reader that reads nothing, instead of keeping rows for it', async () => {
  const impatient = new LiveStreams({ lookEveryMs: 1, patienceMs: 200 });
  let asked = 0;
  const row = { id: 'x', text: 'x'.repeat(50_000) };
  const file = impatient.open({
    reader: { caller: admin, isStill },
    name: 'row',
    place: { xid: '1', id: '' },
    next: async (place) => ({ items: [{ row, place: (asked++, place) }], place, isFull: true }),
    show: () => row,
  });
  const server = await serving(file);
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get({ port: (server.address() as AddressInfo).port, agent: false }, resolve).on('error', reject),
  );
  response.pause();
  response.on('error', () => undefined);
  await once(file.getStream(), 'close');
  const taken = asked;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toBe(taken);
  response.destroy();
  server.close();
});

async function serving(file: StreamableFile): Promise<Server> {
  const server = createServer((_, response) => void file.getStream().pipe(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
