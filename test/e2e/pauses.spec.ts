import { afterAll, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import type { DeliveryAnswer } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

type Whole = DeliveryAnswer & {
  readonly attempts: readonly unknown[];
  readonly explanation: string;
  readonly next: { readonly step: string; readonly notBefore: string };
  readonly hold: { readonly for: string; readonly nextAt: string; readonly givesUpAt: string } | null;
  readonly timeline: readonly { readonly fact: string; readonly hold: { readonly for: string } | null }[];
};

const PAUSE_MS = 8_000;
const EVENTS = 120;

const fleet = sharedFleet();
const { api } = fleet;
afterAll(() => fleet.cluster.close());

it('sends nothing while a callback is paused, keeps everything, and releases it evenly afterwards', async () => {
  const receiver = await Receiver.start();
  const tenant = await Tenant.create(fleet);
  const { callback } = await tenant.subscribe(receiver, { profile: 'standard' });
  const pausedUntil = new Date(Date.now() + PAUSE_MS).toISOString();
  expect(await api.patch(`/v1/callbacks/${callback}`, { pausedUntil })).toMatchObject({ pausedUntil, enabled: true });
  await tenant.inForce();
  await tenant.publish(Array.from({ length: EVENTS }, (_, n) => ({ payload: `{"n":${n}}` })));
  await eventually(() => {
    expect(receiver.requests).toHaveLength(EVENTS);
  });
  const times = receiver.requests.map(({ at }) => at).sort((a, b) => a - b);
  expect(times[0]).toBeGreaterThanOrEqual(Date.parse(pausedUntil));
  // 120 deliveries at 50 a second.
  expect((times.at(-1) ?? 0) - Date.parse(pausedUntil)).toBeGreaterThan(1_500);
  await eventually(async () => {
    const deliveries = await tenant.deliveries();
    expect(deliveries.filter(({ status }) => status === 'delivered')).toHaveLength(EVENTS);
    const whole = await api.get<Whole>(`/v1/deliveries/${deliveries[0]?.id ?? ''}`);
    expect(whole.attempts).toHaveLength(1);
    expect(whole.timeline.map(({ fact, hold }) => [fact, hold?.for])).toEqual([['published', undefined], ['held', 'paused'], ['attempted', undefined]]);
  });
  await receiver.close();
});

it('says when a paused delivery is sent; a requested one also waits, and is sent at once when the pause is ended and it is brought forward', async () => {
  const receiver = await Receiver.start();
  const tenant = await Tenant.create(fleet);
  const { callback } = await tenant.subscribe(receiver, { profile: 'standard' });
  const pausedUntil = new Date(Date.now() + 3_600_000).toISOString();
  await api.patch(`/v1/callbacks/${callback}`, { pausedUntil });
  await tenant.inForce();
  await tenant.publish([{ payload: '{}' }]);
  const { id } = await eventually(async () => {
    const [delivery] = await tenant.deliveries();
    expect(delivery).toMatchObject({ status: 'held', next: { step: 'held', notBefore: pausedUntil }, hold: { for: 'paused', nextAt: pausedUntil } });
    return delivery as Whole;
  });
  const held = await api.get<Whole>(`/v1/deliveries/${id}`);
  expect(held.explanation).toContain(`its callback is paused until ${pausedUntil}`);
  expect(Date.parse(held.hold?.givesUpAt ?? '')).toBeGreaterThan(Date.parse(pausedUntil));
  expect(await api.get(`/v1/callbacks/${callback}/health`)).toMatchObject({ state: 'paused', pausedUntil });
  expect(await api.call('POST', `/v1/deliveries/${id}/send-now`, {})).toMatchObject({ status: 409, body: { code: 'illegal-move', detail: expect.stringContaining('paused until') } });
  expect(await api.call('POST', `/v1/callbacks/${callback}/send-now`, { dryRun: true })).toMatchObject({ status: 200, body: { count: 0 } });
  expect(await api.post(`/v1/event-types/${tenant.eventType}/simulate?tenant=${tenant.id}`, { tenant: tenant.id })).toMatchObject({ items: [{ outcome: 'held', reasons: [{ code: 'paused' }] }] });
  expect(receiver.requests).toHaveLength(0);

  await api.patch(`/v1/callbacks/${callback}`, { pausedUntil: null });
  await tenant.inForce();
  await api.post(`/v1/deliveries/${id}/send-now`);
  await eventually(() => {
    expect(receiver.requests).toHaveLength(1);
  });

  await api.patch(`/v1/callbacks/${callback}`, { pausedUntil });
  await tenant.inForce();
  await eventually(async () => { await api.post(`/v1/deliveries/${id}/resend`); });
  await eventually(async () => {
    const { timeline } = await api.get<Whole>(`/v1/deliveries/${id}`);
    expect(timeline.filter(({ fact, hold }) => fact === 'held' && hold?.for === 'paused')).toHaveLength(2);
  });
  expect(receiver.requests).toHaveLength(1);
  await receiver.close();
});
