import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { businessEvents, Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

describe('the bytes of an event', () => {
  const fleet = sharedFleet();
  let receiver: Receiver;
  beforeAll(async () => (receiver = await Receiver.start()));
  afterAll(() => Promise.all([receiver.close(), fleet.cluster.close()]));

  const payloads = businessEvents().map((event) => event.payload);

  it('reach the socket as they were put on the topic, and come back from the log unchanged', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    const binary = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7) % 256));
    const drafts = [...payloads.map((payload) => ({ payload })), { payload: binary, contentType: 'application/octet-stream' }, { payload: '' }];
    await tenant.publish(drafts);
    await eventually(() => {
      expect(receiver.requests.length).toBe(drafts.length);
    });
    expect(hex(receiver.requests.map(({ body }) => body))).toEqual(hex(drafts.map(({ payload }) => Buffer.from(payload))));

    const odd = receiver.requests.find(({ body }) => body.equals(binary));
    const stored = await eventually(async () => {
      const answer = await fetch(`${fleet.api.url}/v1/events/${odd?.headers['x-trace-id'] ?? ''}/payload`, { headers: { authorization: `Bearer ${fleet.api.key}` } });
      expect(answer.status).toBe(200);
      return Buffer.from(await answer.arrayBuffer());
    });
    expect(stored.equals(binary)).toBe(true);
  });

  it('are unchanged in the json-api envelope', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'persona' });
    const payload = ' { "b" : 1.0,\r\n\t"a": 12345678901234567890, "é": "\\u00e9\\/" } ';
    await tenant.publish([{ payload, attributes: { time: '2026-03-02T07:30:11.942+01:30' } }]);
    const [request] = await eventually(() => {
      expect(receiver.requests.length).toBe(1);
      return receiver.requests;
    });
    const id = request?.headers['x-trace-id'] ?? '';
    expect(id).toMatch(/^evt_/);
    expect(request?.headers).toMatchObject({ 'x-event-type': 'order.created', 'x-event-created-at': '2026-03-02T07:30:11.942+01:30' });
    expect(request?.body.toString()).toBe(`{"data":{"type":"event","id":"${id}","attributes":{"name":"order.created","payload":${payload},"created-at":"2026-03-02T07:30:11.942+01:30"}}}`);
  });

  it('are the exact slice of `data` if a producer writes structured CloudEvents', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    const data = '{ "amount":1.0 , "order":\t12345678901234567890}';
    const value = `{"specversion":"1.0","id":"${tenant.id}","source":"/blackbox","type":"order.created","tenant":"${tenant.id}", "data" : ${data} }`;
    await fleet.cluster.send('events', [{ key: tenant.id, value, headers: { 'content-type': 'application/cloudevents+json' } }]);
    await eventually(() => {
      expect(receiver.requests.map(({ body }) => body.toString())).toEqual([data]);
    });
  });
});

/** Sorted, since no order is promised. */
const hex = (bodies: Buffer[]): string[] => bodies.map((body) => body.toString('hex')).sort();
