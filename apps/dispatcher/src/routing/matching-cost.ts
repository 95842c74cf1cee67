import type { AggregateRecord, NuncioEvent } from '@nuncio/contracts';
import { RoutingTable } from './routing-table.js';

/**
 * A program: what matching one event costs with few and with many subscriptions, one to a tenant. Prints one line of JSON:
 * for each number of subscriptions the nanoseconds (the best of several rounds) and the megabytes of the table.
 */
const SIZES = [10, 1_000, 100_000];
const ROUNDS = 20;
const EVENTS_PER_ROUND = 50_000;
/** All measurements use the same few tenants, so that the caches of the processor do not affect the result. */
const TENANTS_ASKED = 10;

const subscription = (n: number): AggregateRecord => ({
  kind: 'subscription',
  id: `sub_${n}`,
  position: n,
  version: 1,
  at: 0,
  state: {
    id: `sub_${n}`,
    tenant: `tenant_${n}`,
    callback: `cb_${n}`,
    eventTypes: ['invoice.paid'],
    filter: null,
    state: 'activated',
    reason: null,
    approved: false,
    awaitsApproval: false,
    activatedAt: n,
  },
});

const event = (n: number): NuncioEvent => ({
  id: `evt_${n}`,
  publisher: '',
  ceId: String(n),
  source: '/cost',
  type: 'invoice.paid',
  time: null,
  tenants: [`tenant_${n}`],
  contentType: 'application/json',
  payload: Buffer.from('{}'),
  attributes: {},
});

function tableOf(size: number): RoutingTable {
  const table = new RoutingTable();
  const type = { name: 'invoice.paid', description: null, schema: null, audience: 'addressed', approval: 'none' } as const;
  table.apply({ kind: 'event-type', id: type.name, position: 1, version: 1, at: 0, state: type });
  for (let n = 0; n < size; n++) table.apply(subscription(n));
  return table;
}

const events = Array.from({ length: TENANTS_ASKED }, (_, n) => event(n));

function nanosecondsEach(table: RoutingTable): number {
  const start = performance.now();
  for (let n = 0; n < EVENTS_PER_ROUND; n += TENANTS_ASKED) for (const asked of events) table.match(asked);
  return ((performance.now() - start) * 1e6) / EVENTS_PER_ROUND;
}

const tables = SIZES.map((size) => {
  const before = process.memoryUsage().heapUsed;
  const table = tableOf(size);
  return { size, table, megabytes: Math.round((process.memoryUsage().heapUsed - before) / 1e5) / 10 };
});
// In turn, so that all of them run with the same compiled code under the same conditions.
const best = tables.map(() => Infinity);
for (let round = 0; round < ROUNDS; round++) for (const [i, { table }] of tables.entries()) best[i] = Math.min(best[i] ?? Infinity, nanosecondsEach(table));
console.log(JSON.stringify(tables.map(({ size, megabytes }, i) => ({ subscriptions: size, nanoseconds: Math.round(best[i] ?? NaN), megabytes }))));
