import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { always, Receiver } from '@nuncio/fixtures';
import type { Problem } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { readFacts } from '../fleet/facts.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

interface Operation {
  readonly id: string;
  readonly state: string;
  readonly count: number;
  readonly sent: number;
  readonly outcome: Readonly<Record<string, number>>;
}

interface Audited {
  readonly type: string;
  readonly actor: string;
  readonly changes: Readonly<Record<string, unknown>>;
}

describe('bringing back', () => {
  const fleet = sharedFleet();
  const { api } = fleet;
  const since = new Date(Date.now() - 3_600_000).toISOString();
  let receiver: Receiver;
  let tenant: Tenant;
  beforeEach(async () => {
    receiver = await Receiver.start();
    tenant = await Tenant.create(fleet);
  });
  afterEach(() => receiver.close());
  afterAll(() => fleet.cluster.close());

  const drafts = (count: number) => Array.from({ length: count }, (_, n) => ({ payload: `{"n":${n}}` }));
  const inStatus = async (status: string, count: number): Promise<string[]> =>
    eventually(async () => {
      const found = (await tenant.deliveries()).filter((delivery) => delivery.status === status).map(({ id }) => id);
      expect(found).toHaveLength(count);
      return found;
    });
  const untilDone = (id: string): Promise<Operation> =>
    eventually(async () => {
      const operation = await api.get<Operation>(`/v1/operations/${id}`);
      expect(operation.state).toBe('done');
      return operation;
    });
  const secondAttempts = (count: number) =>
    eventually(async () => {
      const found = (await tenant.attempts()).filter(({ number }) => number === 2);
      expect(found).toHaveLength(count);
      return found;
    });
  /** Makes deliveries fail for good at once. */
  const giveUp = async (count: number): Promise<{ callback: string; subscription: string }> => {
    const subscribed = await tenant.subscribe(receiver, { timeoutMs: 30_000, retry: { delaysSeconds: [] } });
    receiver.answer(always({ status: 500 }));
    await tenant.publish(drafts(count));
    await inStatus('failed', count);
    receiver.answer(always({}));
    return subscribed;
  };

  /** Lets the receiver answer when the returned function is called, and not before. */
  const answerLater = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    receiver.answer(async () => {
      await promise;
      return {};
    });
    return () => { resolve(undefined); };
  };

  it('resends one delivery with the same ids, the next number, and who asked for it, but not while an attempt is still due', async () => {
    await giveUp(1);
    const [id] = await inStatus('failed', 1);
    const { key } = await api.post<{ key: string }>('/v1/api-keys', { name: 'support', role: 'consumer', tenant: tenant.id });
    const support = { authorization: `Bearer ${key}` };
    // Every service knows a new key within two seconds.
    await eventually(async () => {
      expect((await api.call('GET', `/v1/deliveries/${id ?? ''}`, undefined, support)).status).toBe(200);
    });
    expect((await api.call('POST', `/v1/deliveries/${id ?? ''}/resend`, {}, support)).status).toBe(202);
    const [again] = await secondAttempts(1);
    expect(again).toMatchObject({ delivery: id, reason: 'resend', requestedBy: expect.stringMatching(/^key_/), outcome: 'delivered' });
    expect(new Set(receiver.requests.map(({ headers }) => headers['x-span-id']))).toEqual(new Set([id]));

    await tenant.subscribe(receiver, { retry: { delaysSeconds: [600] } });
    receiver.answer(always({ status: 500 }));
    await tenant.publish(drafts(1));
    const [pending] = await inStatus('pending', 1);
    const refused = await api.call<Problem>('POST', `/v1/deliveries/${pending ?? ''}/resend`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'illegal-move' } });
  });

  it('ends an operation whose deliveries were sent by an earlier one: they stayed open for ever', async () => {
    const { callback } = await giveUp(4);
    const release = answerLater();
    const begin = async () => (await api.post<{ operation: string }>(`/v1/callbacks/${callback}/recover`, { since, perSecond: 100 })).operation;
    const outcome = async (operation: string) => (await api.get<Operation>(`/v1/operations/${operation}`)).outcome;
    const first = await begin();
    await untilDone(first);
    const second = await begin();
    expect(await untilDone(second)).toMatchObject({ sent: 4 });
    await eventually(async () => {
      expect(await outcome(second)).toMatchObject({ dropped: 4, open: 0 });
    });
    release();
    await eventually(async () => {
      expect(await outcome(first)).toMatchObject({ delivered: 4, dropped: 0, open: 0 });
    });
    expect(await outcome(second)).toMatchObject({ dropped: 4, delivered: 0 });
    await secondAttempts(4);
  });

  it('recovers every failed delivery of a callback once, after a dry run that counts them', async () => {
    const { callback } = await giveUp(12);
    const before = new Set(receiver.requests.map(({ headers }) => headers['x-span-id']));
    expect(await api.post(`/v1/callbacks/${callback}/recover`, { since, dryRun: true })).toMatchObject({ count: 12, byCallback: [{ callback, count: 12 }] });
    const { count, operation } = await api.post<{ count: number; operation: string }>(`/v1/callbacks/${callback}/recover`, { since, perSecond: 100 });
    expect(count).toBe(12);
    expect(await untilDone(operation)).toMatchObject({ count: 12, sent: 12 });
    const again = await secondAttempts(12);
    expect(new Set(again.map(({ delivery }) => delivery))).toEqual(before);
    expect(new Set(again.map(({ reason }) => reason))).toEqual(new Set(['recover']));
    await eventually(async () => {
      expect((await api.get<Operation>(`/v1/operations/${operation}`)).outcome).toMatchObject({ delivered: 12, failed: 0, open: 0 });
    });
    const { requestedBy: asker } = await api.get<{ requestedBy: string }>(`/v1/operations/${operation}`);
    const found = async (given: Record<string, string>) => (await api.all<{ id: string }>('/v1/deliveries', given)).map(({ id }) => id).sort();
    expect(await found({ operation })).toEqual([...before].sort());
    expect(await found({ requestedBy: asker, callback })).toEqual([...before].sort());
    expect(await found({ operation, status: '!delivered' })).toEqual([]);
    expect(await found({ id: String([...before][0]) })).toEqual([[...before][0]]);
    expect(new Set((await api.all<{ delivery: string }>('/v1/attempts', { operation, reason: 'recover' })).map(({ delivery }) => delivery))).toEqual(before);
    expect(await api.post('/v1/replays', { select: { operation: [operation] }, dryRun: true })).toMatchObject({ count: 12 });
    const [consumer, stranger] = await Promise.all([tenant.id, (await Tenant.create(fleet)).id].map(async (of) => api.as((await api.post<{ key: string }>('/v1/api-keys', { name: 'audit', role: 'consumer', tenant: of })).key)));
    const audited = await eventually(async () => {
      const found = await consumer?.all<Audited>('/v1/audit', { id: operation, kind: 'operation' });
      expect(found).toHaveLength(2);
      return found ?? [];
    });
    const { requestedBy } = await api.get<{ requestedBy: string }>(`/v1/operations/${operation}`);
    expect(audited).toMatchObject([
      { type: 'finished', actor: 'nuncio', changes: { requestedBy, sent: 12, outcome: expect.any(Object) } },
      { type: 'begun', actor: requestedBy, changes: { requestedBy, kind: 'recover', selection: { of: 'lost', callback, since: expect.any(String) }, count: 12, perSecond: 100 } },
    ]);
    expect(await stranger?.all('/v1/audit', { kind: 'operation' })).toEqual([]);
    expect(await api.post(`/v1/callbacks/${callback}/recover`, { since, dryRun: true })).toMatchObject({ count: 0, byCallback: [], sample: [] });
  });

  it('replays to a subscription events from before it existed', async () => {
    await tenant.subscribe(receiver, {});
    const ceIds = await tenant.publish(drafts(3));
    await inStatus('delivered', 3);
    const late = await Receiver.start();
    const { subscription } = await tenant.subscribe(late, {});
    const select = { events: { ceId: ceIds.slice(0, 2) }, subscription };
    expect(await api.post('/v1/replays', { select, dryRun: true })).toMatchObject({ count: 2 });
    await untilDone((await api.post<{ operation: string }>('/v1/replays', { select })).operation);
    await eventually(() => {
      expect(late.requests.map(({ body }) => body.toString()).sort()).toEqual(['{"n":0}', '{"n":1}']);
    });
    const [attempt] = await eventually(async () => {
      const found = await api.all<{ reason: string; number: number }>('/v1/attempts', { subscription });
      expect(found).toHaveLength(2);
      return found;
    });
    expect(attempt).toMatchObject({ number: 1, reason: 'replay' });
    await late.close();
  });

  it('parks what is sent again while its callback is disabled, and sends it once it is enabled: it was canceled', async () => {
    const { callback } = await giveUp(1);
    const [id = ''] = await inStatus('failed', 1);
    await api.patch(`/v1/callbacks/${callback}`, { enabled: false });
    await tenant.inForce();
    const { asked } = await api.post<{ asked: unknown }>(`/v1/deliveries/${id}/resend`);
    expect(asked).toMatchObject({ for: 'resend', number: 2, parks: true, repeated: false });
    await inStatus('parked', 1);
    const parked = await api.get<{ explanation: string }>(`/v1/deliveries/${id}`);
    expect(parked.explanation).toBe('Waits until its callback is enabled.');
    await api.patch(`/v1/callbacks/${callback}`, { enabled: true });
    await inStatus('delivered', 1);
    const { timeline } = await api.get<{ timeline: { fact: string; number: number | null; reason: string | null }[] }>(`/v1/deliveries/${id}`);
    expect(timeline.map(({ fact, number }) => `${fact} ${number ?? ''}`.trim())).toEqual(['published', 'attempted 1', 'asked 2', 'parked 2', 'released 2', 'attempted 2']);
  });

  it('answers a request with an Idempotency-Key once, for one delivery and for many', async () => {
    const { callback } = await giveUp(2);
    const [id = '', other = ''] = await inStatus('failed', 2);
    const ask = (path: string, body: object, key: string) => api.call<{ operation?: string; code?: string }>('POST', path, body, { 'idempotency-key': key });
    const first = await ask(`/v1/callbacks/${callback}/recover`, { since }, `k-${callback}`);
    expect(await ask(`/v1/callbacks/${callback}/recover`, { since }, `k-${callback}`)).toMatchObject({ status: 202, body: { operation: first.body.operation } });
    await inStatus('delivered', 2);
    const resent = await ask(`/v1/deliveries/${id}/resend`, {}, `k-${id}`);
    expect(await ask(`/v1/deliveries/${id}/resend`, {}, `k-${id}`)).toEqual(resent);
    expect(await ask(`/v1/deliveries/${other}/resend`, {}, `k-${id}`)).toMatchObject({ status: 422 });
    await eventually(async () => {
      expect((await tenant.attempts()).map(({ number }) => number).sort()).toEqual([1, 1, 2, 2, 3]);
    });
  });

  it('reports a resend that is requested twice as one', async () => {
    const { callback } = await giveUp(1);
    const [id = ''] = await inStatus('failed', 1);
    const release = answerLater();
    const repeated: boolean[] = [];
    for (let n = 0; n < 3; n++) repeated.push((await api.post<{ asked: { repeated: boolean } }>(`/v1/deliveries/${id}/resend`)).asked.repeated);
    expect(repeated).toEqual([false, true, true]);
    release();
    await inStatus('delivered', 1);
    expect((await tenant.attempts()).map(({ number }) => number)).toEqual([2, 1]);
    expect(await api.post(`/v1/callbacks/${callback}/recover`, { since, dryRun: true })).toMatchObject({ count: 0 });
  });

  it('sends what was parked when its subscription is unblocked, oldest first', async () => {
    const { subscription } = await tenant.subscribe(receiver, { limits: { concurrency: 1 } });
    await api.post(`/v1/subscriptions/${subscription}/block`, { reason: 'maintenance' });
    await tenant.inForce();
    await tenant.publishInTurn(drafts(6));
    await inStatus('parked', 6);
    expect(receiver.requests).toEqual([]);
    await api.post(`/v1/subscriptions/${subscription}/unblock`);
    await inStatus('delivered', 6);
    expect(receiver.requests.map(({ body }) => body.toString())).toEqual(drafts(6).map(({ payload }) => payload));
    expect(new Set((await tenant.attempts()).map(({ reason, number }) => `${reason} ${number}`))).toEqual(new Set(['unblock 1']));
  });

  it('makes one attempt of each number when resend, recover and replay ask at once: number 2 was made twice', async () => {
    const { callback, subscription } = await giveUp(3);
    const ids = await inStatus('failed', 3);
    // All three are requested before the first has an answer.
    const release = answerLater();
    const replay = (): Promise<{ operation: string }> => api.post('/v1/replays', { select: { subscription } });
    const resend = (id: string): Promise<unknown> => api.post(`/v1/deliveries/${id}/resend`, {});
    const [recovering, replaying] = await Promise.all([
      api.post<{ operation: string }>(`/v1/callbacks/${callback}/recover`, { since }),
      replay(),
      ...ids.map(resend),
    ]);
    await Promise.all([untilDone(recovering.operation), untilDone(replaying.operation)]);
    release();
    await inStatus('delivered', 3);
    const errands = (await fleet.cluster.read('deliveries')).map(({ headers }) => String(headers?.['nuncio-errand']));
    expect(errands.filter((errand) => errand.includes(subscription)).length).toBeGreaterThan(3);
    // Records after them on the same partitions are read after them.
    receiver.answer(always({}));
    await untilDone((await replay()).operation);
    const numbers = async (): Promise<number[]> => (await tenant.attempts()).map(({ number }) => number).sort();
    await eventually(async () => {
      expect(await numbers()).toEqual([1, 2, 3].flatMap((n) => [n, n, n]));
    });
    await Promise.all(ids.map(resend));
    await eventually(async () => {
      expect(await numbers()).toEqual([1, 2, 3, 4].flatMap((n) => [n, n, n]));
    });
    expect(receiver.requests).toHaveLength(12);
  });

  it('makes an attempt that was canceled, or parked twice, when it is requested: its number had been seen', async () => {
    const { subscription } = await tenant.subscribe(receiver, { retry: { delaysSeconds: [10, 10] } });
    const move = (name: string): Promise<unknown> => api.post(`/v1/subscriptions/${subscription}/${name}`, { reason: 'maintenance' });
    receiver.answer(always({ status: 500 }));
    await tenant.publish(drafts(1));
    const [id = ''] = await inStatus('pending', 1);
    await move('deactivate');
    await inStatus('canceled', 1);
    await move('activate');
    await tenant.inForce();
    await move('block');
    await tenant.inForce();
    for (let asked = 0; asked < 2; asked++) {
      await api.post(`/v1/deliveries/${id}/resend`, {});
      await eventually(async () => {
        expect((await readFacts(fleet.cluster)).filter(({ fact, delivery }) => fact === 'parked' && delivery === id)).toHaveLength(asked + 1);
      });
      await inStatus('parked', 1);
    }
    receiver.answer(always({}));
    await move('unblock');
    await inStatus('delivered', 1);
    expect((await tenant.attempts()).map(({ number, reason }) => `${number} ${reason}`)).toEqual(['2 unblock', '1 first']);
  });
});
