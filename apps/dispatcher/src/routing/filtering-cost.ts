import type { AggregateRecord, EventType, Filter, NuncioEvent } from '@nuncio/contracts';
import { RoutingTable } from './routing-table.js';

/**
 * A program: what filters and schemas add to matching one event of 700 B with ten subscriptions. Prints one line of JSON: for each kind of filter, all ten
 * having it, the nanoseconds for one event (the best of several rounds). A payload is parsed once for all of them.
 */
const SUBSCRIPTIONS = 10;
const ROUNDS = 20;
const EVENTS_PER_ROUND = 5_000;

const payload = JSON.stringify({ country: 'DE', customer: { vip: true, id: 'c-1' }, lines: [{ sku: 'pen', count: 2 }], note: 'x'.repeat(600) });
const many = (test: Filter): Filter => ({ all: Array.from({ length: 31 }, () => test) });
const schema = { type: 'object', required: ['country', 'lines'], properties: { country: { type: 'string', pattern: '^[A-Z]{2}$' }, lines: { type: 'array', items: { type: 'object', properties: { count: { type: 'integer' } } } } } };

const kinds: Readonly<Record<string, { readonly filter: Filter | null; readonly schema?: EventType['schema'] }>> = {
  none: { filter: null },
  'one attribute': { filter: { prefix: { source: '/shop' } } },
  'one path of the payload': { filter: { exact: { '/data/country': 'DE' } } },
  'as many attributes as may be': { filter: many({ prefix: { source: '/shop' } }) },
  'as many paths as may be': { filter: many({ exact: { '/data/lines/0/sku': 'pen' } }) },
  'no filter, a schema': { filter: null, schema },
};

function tableOf(filter: Filter | null, of: EventType['schema'] = null): RoutingTable {
  const table = new RoutingTable();
  const apply = (record: Pick<AggregateRecord, 'kind' | 'id' | 'state'>): void => {
    table.apply({ position: 1, version: 1, at: 0, ...record } as AggregateRecord);
  };
  apply({ kind: 'event-type', id: 'paid', state: { name: 'paid', description: null, schema: of, audience: 'addressed', approval: 'none' } });
  for (let n = 0; n < SUBSCRIPTIONS; n++) {
    const id = `sub_${n}`;
    apply({ kind: 'subscription', id, state: { id, tenant: 'acme', callback: 'cb_1', eventTypes: ['paid'], filter, state: 'activated', reason: null, approved: false, awaitsApproval: false, activatedAt: n } });
  }
  return table;
}

const attributes = { specversion: '1.0', id: '1', source: '/shop/eu', type: 'paid' };
const event: NuncioEvent = { id: 'evt_1', publisher: '', ceId: '1', source: '/shop/eu', type: 'paid', time: null, tenants: ['acme'], contentType: 'application/json', payload: Buffer.from(payload), attributes };

const isAll = (found: ReturnType<RoutingTable['match']>): boolean => Array.isArray(found) && found.length === SUBSCRIPTIONS;

const measured = Object.entries(kinds).map(([kind, { filter, schema: of }]) => ({ kind, table: tableOf(filter, of), best: Infinity }));
// In turn, so that all of them run under the same conditions.
for (let round = 0; round < ROUNDS; round++)
  for (const one of measured) {
    const start = performance.now();
    for (let n = 0; n < EVENTS_PER_ROUND; n++) if (!isAll(one.table.match(event))) throw new Error(`${one.kind} does not let the event through`);
    one.best = Math.min(one.best, ((performance.now() - start) * 1e6) / EVENTS_PER_ROUND);
  }
console.log(JSON.stringify(measured.map(({ kind, best }) => ({ filter: kind, nanoseconds: Math.round(best) }))));
