import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { always, inSequence, Receiver } from '@nuncio/fixtures';
import type { AttemptAnswer, DeliveryAnswer } from '../fleet/answers.js';
import { EventStream } from '../fleet/event-stream.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

interface Whole extends DeliveryAnswer {
  readonly explanation: string;
  readonly attempts: readonly (AttemptAnswer & { readonly response: { readonly bodyEncoding: string } | null })[];
  readonly lineage: { readonly topic: string; readonly partition: number; readonly offset: string } | null;
}

describe('the log', () => {
  const fleet = sharedFleet();
  let receiver: Receiver;
  let tenant: Tenant;
  beforeEach(async () => {
    receiver = await Receiver.start();
    tenant = await Tenant.create(fleet);
  });
  afterEach(() => receiver.close());
  afterAll(() => fleet.cluster.close());

  /** The tenant's only delivery, once it has this status. */
  const whole = (status: string): Promise<Whole> =>
    eventually(async () => {
      const [delivery] = await tenant.deliveries();
      expect(delivery).toMatchObject({ status });
      return fleet.api.get<Whole>(`/v1/deliveries/${delivery?.id ?? ''}`);
    });

  it('shows a whole delivery: where its event came from, every attempt, and why it came late', async () => {
    await tenant.subscribe(receiver, { retry: { delaysSeconds: [1], jitter: 0 } });
    const binary = Buffer.from([0xff, 0x00, 0xfe, 0x0a]);
    receiver.answer(inSequence({ status: 503, headers: { 'x-why': 'busy' }, body: binary }, { status: 200, body: 'ok' }));
    const payload = Buffer.from('{ "n": 1.0 }');
    const headers = { ce_specversion: '1.0', ce_id: tenant.id, ce_source: '/blackbox', ce_type: tenant.eventType, ce_tenant: tenant.id };
    const [record] = await fleet.cluster.send('events', [{ key: tenant.id, value: payload, headers }]);

    const delivery = await whole('delivered');
    expect(delivery.lineage).toEqual({ topic: 'events', partition: record?.partition, offset: record?.baseOffset });
    expect(delivery.explanation).toMatch(/^Delivered at attempt 2, (\d+ min )?\d+ s after it was published(: late, because .+)?\.$/);
    expect(delivery.attempts).toMatchObject([
      { number: 1, reason: 'first', outcome: 'failed', response: { status: 503, headers: { 'x-why': 'busy' }, body: binary.toString('base64'), bodyEncoding: 'base64' } },
      { number: 2, reason: 'retry', requestedBy: null, outcome: 'delivered', response: { status: 200, body: 'ok', bodyEncoding: 'utf8', bodyTruncated: false }, next: { step: 'done' } },
    ]);
    for (const { timingsMs } of delivery.attempts) expect(timingsMs).toMatchObject({ firstByte: expect.any(Number), total: expect.any(Number) });

    const event = await fleet.api.get<{ lineage: unknown; deliveries: { id: string }[] }>(`/v1/events/${delivery.event}`);
    expect(event).toMatchObject({ lineage: delivery.lineage, deliveries: [{ id: delivery.id }] });
    const stored = await fetch(`${fleet.api.url}/v1/events/${delivery.event}/payload`, { headers: { authorization: `Bearer ${fleet.api.key}` } });
    expect(sha256(Buffer.from(await stored.arrayBuffer()))).toBe(sha256(payload));
  });

  it('keeps 16 KiB of an answer, and a text that is cut within a character is still text', async () => {
    await tenant.subscribe(receiver, { retry: { delaysSeconds: [] } });
    receiver.answer(always({ status: 200, body: `x${'é'.repeat(20_000)}` }));
    await tenant.publish([{ payload: '{}' }]);
    const { attempts } = await whole('delivered');
    expect(attempts[0]?.response).toMatchObject({ bodyEncoding: 'utf8', bodyTruncated: true, body: `x${'é'.repeat(8_191)}` });
  });

  it.each([
    ['failed', { retry: { delaysSeconds: [] } }, /^Given up after attempt 1 \(the answer was 500\)/, [500]],
    ['pending', { retry: { delaysSeconds: [600], jitter: 0 } }, /^Attempt 1 failed \(the answer was 500\); the next one is due at \d{4}-/, [500]],
    ['parked', { profile: 'webhookie', retry: { delaysSeconds: [] } }, /^Waits until its subscription is activated \(attempt 1 failed: the answer was 500\)\.$/, [500]],
  ])('says what happened to a delivery that is %s', async (status, settings, explanation, answers) => {
    await tenant.subscribe(receiver, settings);
    receiver.answer(always({ status: 500 }));
    await tenant.publish([{ payload: '{}' }]);
    const delivery = await whole(status);
    expect(delivery.explanation).toMatch(explanation);
    expect(delivery.attempts.map(({ response }) => response?.status)).toEqual(answers);
  });

  it('says why a delivery was never sent: its callback was disabled when the event came, or its subscription is blocked', async () => {
    const { callback, subscription } = await tenant.subscribe(receiver, {});
    await fleet.api.patch(`/v1/callbacks/${callback}`, { enabled: false });
    await tenant.inForce();
    await tenant.publish([{ payload: '{}' }]);
    expect(await whole('skipped')).toMatchObject({ explanation: expect.stringMatching(/^Not sent when the event came: .*disabled/), attempts: [] });

    await fleet.api.patch(`/v1/callbacks/${callback}`, { enabled: true });
    await fleet.api.post(`/v1/subscriptions/${subscription}/block`, { reason: 'maintenance' });
    await tenant.inForce();
    await tenant.publish([{ payload: '{}' }]);
    const parked = await eventually(async () => {
      const [found] = await fleet.api.all<{ id: string; explanation: string }>('/v1/deliveries', { tenant: tenant.id, status: 'parked' });
      if (!found) throw new Error('nothing is parked');
      return found;
    });
    expect(parked.explanation).toMatch(/^Waits until its subscription is activated \(/);
    expect(receiver.requests).toEqual([]);
  });

  it('streams attempts, deliveries and events live through the public origin, by filter, and goes on after Last-Event-ID', async () => {
    await tenant.subscribe(receiver, { timeoutMs: 30_000, retry: { delaysSeconds: [1], jitter: 0 } });
    // The retry is answered once the failed attempt was shown: a log that is behind shows a delivery only as it is by then.
    const shown = Promise.withResolvers<undefined>();
    receiver.answer(async (_, nth) => {
      if (nth > 1) await shown.promise;
      return { status: nth > 1 ? 204 : 503 };
    });
    const open = <T>(path: string, last?: string): Promise<EventStream<T>> => EventStream.open<T>(fleet.api.url + path, fleet.api.key, last);
    const attempts = await open<AttemptAnswer>(`/v1/attempts/stream?tenant=${tenant.id}`);
    const failed = await open<AttemptAnswer>(`/v1/attempts/stream?tenant=${tenant.id}&status=failed`);
    const deliveries = await open<DeliveryAnswer>(`/v1/deliveries/stream?tenant=${tenant.id}`);
    const events = await open<{ id: string; deliveries: DeliveryAnswer[] }>(`/v1/events/stream?tenant=${tenant.id}&subject=order-4711`);
    await tenant.publish([{ payload: '{}', attributes: { subject: 'order-4711' } }]);
    await eventually(() => {
      expect([deliveries, events].map((stream) => stream.events.length > 0)).toEqual([true, true]);
    });
    shown.resolve(undefined);
    await eventually(() => {
      expect(attempts.events.map(({ event, data }) => [event, data.number, data.outcome])).toEqual([
        ['attempt', 1, 'failed'],
        ['attempt', 2, 'delivered'],
      ]);
      expect(deliveries.events.map(({ event, data }) => [event, data.status])).toEqual([
        ['delivery', 'pending'],
        ['delivery', 'delivered'],
      ]);
      // One event. It may come twice as it is, if it was stored after its delivery.
      expect(new Set(events.events.map(({ event, data }) => `${event} ${data.id} ${data.deliveries.map(({ status }) => status).join()}`))).toEqual(new Set(['pending', 'delivered'].map((status) => `event ${deliveries.events[0]?.data.event ?? ''} ${status}`)));
    });
    expect(failed.events.map(({ data }) => data.number)).toEqual([1]);

    const resumed = await open<AttemptAnswer>(`/v1/attempts/stream?tenant=${tenant.id}`, attempts.events[0]?.id);
    await eventually(() => {
      expect(resumed.events).toEqual(attempts.events.slice(1));
    });
    for (const stream of [attempts, failed, deliveries, events, resumed]) stream.close();
    await expect(open('/v1/attempts/stream?colour=red')).rejects.toThrow(/^422 /);
  });

  it('selects by a label of the callback, and by what something is not: lists, streams, files and bulk operations alike', async () => {
    const labelled = await tenant.subscribe(receiver, { retry: { delaysSeconds: [] }, labels: { env: 'prod', team: 'a' } });
    const other = await tenant.subscribe(receiver, { retry: { delaysSeconds: [] } });
    const streams = ['label.env=prod', 'label[env]=prod&status=!failed', 'label.env=test'].map((filters) => EventStream.open<AttemptAnswer & { readonly callback: string }>(`${fleet.api.url}/v1/attempts/stream?tenant=${tenant.id}&${filters}`, fleet.api.key));
    const [prod, notFailed, test] = await Promise.all(streams);
    receiver.answer(always({ status: 503 }));
    await tenant.publish([{ payload: '{}' }]);
    const found = async (path: string, filters: string): Promise<string[]> => (await fleet.api.get<{ items: { callback: string }[] }>(`/v1/${path}?tenant=${tenant.id}&${filters}`)).items.map(({ callback }) => callback);
    await eventually(async () => {
      expect((await found('deliveries', 'status=failed')).sort()).toEqual([labelled.callback, other.callback].sort());
      expect(await found('deliveries', 'label.env=prod&label.team=a')).toEqual([labelled.callback]);
    });
    for (const path of ['deliveries', 'attempts']) {
      expect(await found(path, 'label.env=prod&label.env=test')).toEqual([labelled.callback]);
      expect(await found(path, 'label.env=test')).toEqual([]);
      expect(await found(path, 'label.env=prod&status=!failed')).toEqual([]);
      expect(await found(path, 'label.env=prod&errorClass=!timeout&responseStatus=!500')).toEqual([labelled.callback]);
      expect(await found(path, 'responseStatus=5xx&responseStatus=!503')).toEqual([]);
    }
    const file = await fetch(`${fleet.api.url}/v1/attempts?tenant=${tenant.id}&format=ndjson&label.env=prod`, { headers: { authorization: `Bearer ${fleet.api.key}` } });
    expect((await file.text()).trim().split('\n').map((line) => (JSON.parse(line) as { callback: string }).callback)).toEqual([labelled.callback]);
    const replay = (select: object) => fleet.api.call('POST', '/v1/replays', { select: { tenant: [tenant.id], ...select }, dryRun: true });
    expect(await replay({ label: { env: 'prod' }, status: ['!delivered'] })).toMatchObject({ status: 200, body: { count: 1, byCallback: [{ callback: labelled.callback }] } });
    expect(await replay({ label: { env: ['test'] } })).toMatchObject({ body: { count: 0 } });
    expect(await fleet.api.call('GET', '/v1/deliveries?status=!lost')).toMatchObject({ status: 422 });
    await eventually(() => {
      expect([prod, notFailed, test].map((stream) => stream?.events.map(({ data }) => data.callback))).toEqual([[labelled.callback], [], []]);
    });
    for (const stream of [prod, notFailed, test]) stream?.close();
  });

  it('ends the open streams of a revoked key, and no others', async () => {
    await tenant.subscribe(receiver, {});
    const url = (kind: string): string => `${fleet.api.url}/v1/${kind}/stream?tenant=${tenant.id}`;
    const [revoked, kept] = await Promise.all(
      ['leaving', 'staying'].map((name) => fleet.api.post<{ id: string; key: string }>('/v1/api-keys', { name, role: 'viewer', tenant: tenant.id })),
    );
    const open = (kind: string, key?: { key: string }): Promise<EventStream<object>> => eventually(() => EventStream.open<object>(url(kind), key?.key ?? ''));
    const ending = await Promise.all([open('attempts', revoked), open('deliveries', revoked)]);
    const staying = await open('attempts', kept);
    expect((await fleet.api.call('DELETE', `/v1/api-keys/${revoked?.id ?? ''}`)).status).toBe(204);
    await eventually(() => {
      expect(ending.map(({ isEnded }) => isEnded)).toEqual([true, true]);
    });
    await tenant.publish([{ payload: '{}' }]);
    await eventually(() => {
      expect(staying.events).toHaveLength(1);
    });
    expect(ending.flatMap(({ events }) => events)).toEqual([]);
    await expect(EventStream.open(url('attempts'), revoked?.key ?? '')).rejects.toThrow(/^401 /);
    staying.close();
  });
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
