import { describe, expect, it } from '@jest/globals';
import {
  AggregateRecord,
  configState,
  envelop,
  ERRAND_HEADER,
  Errand,
  eventHeaders,
  isUnreadable,
  readErrand,
  readEvent,
  topics,
  type Envelope,
  type NuncioEvent,
  type RecordHeaders,
} from '@nuncio/contracts';
import { readJson } from '@nuncio/kafka';
import { nextTier } from '@nuncio/retry';
import { RoutingTable } from '../routing/routing-table.js';
import { firstErrand } from './resolve.js';

/** `npm run check:reading` runs 100,000. */
const MUTATIONS = Number(process.env.MUTATIONS ?? 20_000);
const ENVELOPES: Envelope[] = ['raw', 'json-api', 'cloudevents'];

interface Fuzzed {
  headers: RecordHeaders;
  value: Buffer | null;
}

/** Reproducible: a failing run fails again. (Numerical Recipes' generator.) */
let state = 20_260_101;
const below = (n: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};
const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
const noise = (n: number): Buffer => Buffer.from(Array.from({ length: below(n) }, () => below(256)));

const nested = (depth: number): string => `:${'['.repeat(depth)}${']'.repeat(below(2) * depth)}`;

const bytes: ((value: Buffer) => Buffer | null)[] = [
  () => null,
  () => Buffer.alloc(0),
  () => noise(64),
  (value) => value.subarray(0, below(value.length + 1)),
  (value) => Buffer.concat([value, noise(16)]),
  (value) => {
    const changed = Buffer.from(value);
    if (changed.length) changed[below(changed.length)] = below(256);
    return changed;
  },
  (value) => Buffer.concat([value.subarray(0, below(value.length + 1)), noise(8), value.subarray(below(value.length + 1))]),
  (value) =>
    Buffer.from(value.toString().replaceAll(/\d+/g, () => pick(['-1', '0', '1e999', '9007199254740993', '0.5', '8640000000000001', 'null', '""', '[]']))),
  (value) => Buffer.from(value.toString().replaceAll(/"(\w+)":/g, (all) => (below(8) ? all : pick(['"__proto__":', '"constructor":', '"toString":', '"":'])))),
  (value) => Buffer.from(value.toString().replace(/:("[^"]*"|\d+)/, () => nested(below(20) ? 20 : 2_000))),
];

function mutated({ headers, value }: Fuzzed): Fuzzed {
  const result: Fuzzed = { headers: { ...headers }, value };
  for (let n = 1 + below(3); n > 0; n--) {
    const name = pick(Object.keys(headers).concat('ce_tenant', 'nuncio-errand', '__proto__', 'constructor', noise(8).toString('latin1')));
    const old = Buffer.from(String(result.headers[name] ?? ''));
    switch (below(4)) {
      case 0:
        Reflect.deleteProperty(result.headers, name);
        break;
      case 1:
        result.headers[name] = pick<() => RecordHeaders[string]>([
          () => noise(40),
          () => [old, old],
          () => '',
          () => null as never,
          () => 'x'.repeat(below(50) ? 40 : 40_000),
          () => pick(bytes)(old) ?? undefined,
        ])();
        break;
      default:
        result.value = pick(bytes)(result.value ?? Buffer.alloc(0));
    }
  }
  return result;
}

const binary = {
  ce_specversion: '1.0',
  ce_id: '1',
  ce_source: '/s',
  ce_type: 'order.created',
  ce_tenant: 'acme',
  ce_time: '2026-01-31T10:00:00Z',
  'content-type': 'application/json',
};
const event = readEvent(binary, Buffer.from('{"country":"DE","n":[1,{"a":2}]}')) as NuncioEvent;
const errand = Errand.parse({ ...firstErrand(event, 1_767_225_600_000, ['sub_1', 'sub_2']), of: { tenant: 'acme', application: 'app', callback: 'cb_1' } });
const seeds: Fuzzed[] = [
  { headers: binary, value: event.payload },
  {
    headers: { 'content-type': 'application/cloudevents+json' },
    value: Buffer.from('{"specversion":"1.0","id":"1","source":"/s","type":"order.created","tenant":"acme","data":{"country":"DE","n":[1]}}'),
  },
  { headers: { ...eventHeaders(event), [ERRAND_HEADER]: JSON.stringify(errand) }, value: event.payload },
];

const eventType = { name: 'order.created', description: null, schema: { type: ['object', 'null'] }, audience: 'addressed', approval: 'none' };
const filter = { any: [{ exact: { '/data/country': 'DE' } }, { prefix: { '/data/n': 'x' } }] };
const subscription = {
  id: 'sub_1',
  tenant: 'acme',
  callback: 'cb_1',
  eventTypes: ['order.created'],
  filter,
  state: 'activated',
  reason: null,
  approved: false,
  activatedAt: 1,
};

describe('a record of any bytes and headers', () => {
  const routing = new RoutingTable();
  routing.apply(AggregateRecord.parse({ kind: 'event-type', id: 'order.created', position: 1, version: 1, at: 0, state: eventType }));
  routing.apply(AggregateRecord.parse({ kind: 'subscription', id: 'sub_1', position: 2, version: 1, at: 0, state: subscription }));

  it('is either told unreadable, with a reason, or can be matched, enveloped and written on, however events and errands are mutated', () => {
    const counts = { unreadable: 0, readable: 0 };
    for (let n = 0; n < MUTATIONS; n++) {
      const { headers, value } = mutated(pick(seeds));
      const read = readEvent(headers, value);
      if (!isUnreadable(read)) carryOn(read);
      else if (!read.detail) throw new Error(`${read.reason} says nothing`);
      const brought = readErrand({ headers, value });
      if (!('reason' in brought)) {
        nextTier(brought.errand.notBefore - 1_767_225_600_000, false);
        new Date(brought.errand.eventAt).toISOString();
      }
      counts[isUnreadable(read) ? 'unreadable' : 'readable'] += 1;
    }
    expect(Math.min(counts.readable, counts.unreadable)).toBeGreaterThan(MUTATIONS / 10);
  });

  function carryOn(read: NuncioEvent): void {
    routing.match(read);
    for (const envelope of ENVELOPES) envelop(envelope, read, '2026-01-31T10:00:00Z');
    const again = readEvent(eventHeaders(read), read.payload);
    if (isUnreadable(again) || again.id !== read.id) throw new Error(`what was read cannot be read again: ${JSON.stringify(again)}`);
  }

  it('of a topic of JSON is read by its schema or refused in a sentence, never thrown at', () => {
    const json = topics.flatMap((topic) => (topic.value && topic !== configState ? [topic] : []));
    const values = [
      '{"correlation":"c","callback":"cb","position":1,"at":1,"expiresAt":2}',
      '{"credential":"cred_1","position":1,"generation":0,"reason":"miss","at":1,"correlation":null}',
      '{"fact":"unmatched","event":"e","eventAt":1,"eventType":"t","at":1,"reason":"no-tenant"}',
    ];
    expect(json.length).toBeGreaterThan(4);
    for (let n = 0; n < 5_000; n++) {
      const topic = pick(json) as Parameters<typeof readJson>[0];
      const read = readJson(topic, mutated({ headers: {}, value: Buffer.from(pick(values)) }));
      if (read.is !== 'known' && !read.detail) throw new Error(`${topic.name} is refused without a word`);
    }
  });
});
