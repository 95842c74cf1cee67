import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { always, Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly ceId: string;
  readonly status: string;
}
interface Event {
  readonly id: string;
  readonly ceId: string;
  readonly attributes: Readonly<Record<string, string>>;
}
/** `sent`: the body that the receiver gets; default: the value. */
interface Odd {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly key?: Buffer | null;
  readonly value?: string | Buffer;
  readonly sent?: string | Buffer;
}

const fleet = sharedFleet();
let receiver: Receiver;
beforeAll(async () => (receiver = await Receiver.start()));
afterAll(() => Promise.all([receiver.close(), fleet.cluster.close()]));

/** Incompressible, so that PostgreSQL does not make it shorter. */
const long = (): string => randomBytes(15_000).toString('base64url');
const structured = (tenant: string, id: string, rest: string): string => `{"specversion":"1.0","id":"${id}","source":"/odd","type":"order.created","tenant":"${tenant}",${rest}}`;
const STRUCTURED = 'application/cloudevents+json';

const oddities: Readonly<Record<string, (tenant: string, id: string) => Odd>> = {
  'a long id': () => ({ attributes: { id: long() } }),
  'a long source': () => ({ attributes: { source: long() } }),
  'a long subject': () => ({ attributes: { subject: long() } }),
  'a long extension': () => ({ attributes: { region: long() } }),
  'five hundred extensions': () => ({ attributes: Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`x${n}`, String(n)])) }),
  'a subject of any Unicode': () => ({ attributes: { subject: '\ufeff\u2028\u202e\uffff\u{1f600}\u{10ffff}"\\%41' } }),
  'the first time': () => ({ attributes: { time: '0000-01-01T00:00:00Z' } }),
  'the last time': () => ({ attributes: { time: '9999-12-31T23:59:59.999999999-23:59' } }),
  'a leap second': () => ({ attributes: { time: '2016-12-31T23:59:60Z' } }),
  'no key': () => ({ key: null }),
  'an empty key': () => ({ key: Buffer.alloc(0) }),
  'a binary key': () => ({ key: Buffer.from([0, 255, 0xc3]) }),
  'NUL and half a surrogate pair in JSON': () => ({ value: '{"a":"\\u0000\\ud800","a":1e400}' }),
  'bytes that are no text': () => ({ value: Buffer.from([0, 0xff, 0xc3]), contentType: 'application/octet-stream' }),
  'JSON in UTF-16': () => ({ value: Buffer.from('\ufeff{"a":1}', 'utf16le'), contentType: 'application/json; charset=utf-16' }),
  'XML in structured mode': (tenant, id) => ({ contentType: STRUCTURED, value: structured(tenant, id, '"datacontenttype":"application/xml","data":"<a b=\\"1\\"/>"'), sent: '<a b="1"/>' }),
  'a mark before structured mode': (tenant, id) => ({ contentType: STRUCTURED, value: `\ufeff${structured(tenant, id, '"price":1.50,"data":{"n":1.0}')}`, sent: '{"n":1.0}' }),
};

it('arrives with its bytes, and is in the log under its id, its subject and its extensions, however odd it is', async () => {
  const tenant = await Tenant.create(fleet);
  await tenant.subscribe(receiver, { profile: 'standard' });
  // What the endpoint says must not stop the log either.
  receiver.answer(always({ status: 200, headers: { 'x-said': '\u00e9\u00ff' }, body: Buffer.from('a\0b\xff', 'latin1') }));
  const odd = Object.entries(oddities).map(([name, make], n) => {
    const id = `${tenant.id}-${n}`;
    return { name, id, ...make(tenant.id, id) };
  });
  const messages = odd.map(({ id, attributes = {}, contentType = 'application/json', key = Buffer.from(id), value = '{}' }) => {
    const own = { specversion: '1.0', id, source: '/odd', type: tenant.eventType, tenant: tenant.id, ...attributes };
    const binary = Object.fromEntries(Object.entries(own).map(([name, text]) => [`ce_${name}`, text]));
    return { key, value: Buffer.from(value as string), headers: { 'content-type': contentType, ...(contentType === STRUCTURED ? {} : binary) } };
  });
  await fleet.cluster.send('events', messages);

  const deliveries = await eventually(async () => {
    const all = await fleet.api.all<Delivery>('/v1/deliveries', { tenant: tenant.id });
    expect(all.map(({ status }) => status)).toEqual(odd.map(() => 'delivered'));
    return all;
  });
  const bodies = (some: readonly (string | Buffer)[]): string[] => some.map((body) => Buffer.from(body as string).toString('hex')).sort();
  expect(bodies(receiver.requests.map(({ body }) => body))).toEqual(bodies(odd.map(({ value = '{}', sent = value }) => sent)));

  for (const { name, id, attributes = {} } of odd) {
    const delivery = deliveries.find(({ ceId }) => ceId === (attributes.id ?? id));
    expect([name, delivery === undefined]).toEqual([name, false]);
    const event = await eventually(() => fleet.api.get<Event>(`/v1/events/${delivery?.event ?? ''}`));
    expect(event.attributes).toMatchObject(attributes);
    expect(await fleet.api.get(`/v1/deliveries/${delivery?.id ?? ''}`)).toMatchObject({ attempts: [{ response: { bodyEncoding: 'base64', headers: { 'x-said': '\u00e9\u00ff' } } }] });
    const found = async (query: Readonly<Record<string, string>>): Promise<string[]> => (await fleet.api.all<Event>('/v1/events', { tenant: tenant.id, ...query })).map((one) => one.ceId);
    // A URL has room for no more.
    if (attributes.id === undefined) expect(await found({ ceId: id })).toEqual([id]);
    const { subject = '' } = attributes;
    if (subject !== '' && subject.length < 1_000) expect(await found({ subject })).toEqual([id]);
  }
});
