import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { always, inSequence, Receiver } from '@nuncio/fixtures';
import type { AttemptAnswer } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

describe('a profile', () => {
  const fleet = sharedFleet();
  let receiver: Receiver;
  let tenant: Tenant;
  beforeAll(async () => (receiver = await Receiver.start()));
  beforeEach(async () => {
    receiver.answer(always({}));
    tenant = await Tenant.create(fleet);
  });
  afterAll(() => Promise.all([receiver.close(), fleet.cluster.close()]));

  /** Oldest first. */
  const attempts = (count: number): Promise<AttemptAnswer[]> =>
    eventually(async () => {
      const all = await tenant.attempts();
      expect(all).toHaveLength(count);
      return all.toSorted((a, b) => a.number - b.number);
    });
  const status = (expected: string): Promise<void> =>
    eventually(async () => {
      expect((await tenant.deliveries()).map((delivery) => delivery.status)).toEqual([expected]);
    });
  const attemptHeaders = (): unknown[] =>
    receiver.requests.map(({ headers }) => [Number(headers['persona-webhook-attempts-made']), Number(headers['persona-webhook-attempts-left'])]);

  it('persona: exhausted after its schedule, resent by hand with the next number and no retries', async () => {
    const { callback } = await tenant.subscribe(receiver, { profile: 'persona', retry: { delaysSeconds: [1], jitter: 0 } });
    receiver.answer(always({ status: 206 })); // no success under this profile
    await tenant.publish([{ payload: '{}' }]);
    expect((await attempts(2)).map(({ next }) => next.step)).toEqual(['later', 'dead']);
    await status('failed');
    receiver.answer(always({ status: 202 }));
    const [delivery] = await tenant.deliveries();
    await fleet.api.post(`/v1/deliveries/${delivery?.id ?? ''}/resend`);
    expect((await attempts(3)).at(-1)).toMatchObject({ number: 3, reason: 'resend', outcome: 'delivered' });
    expect(attemptHeaders()).toEqual([
      [1, 1],
      [2, 0],
      [3, 0],
    ]);
    expect(new Set(receiver.requests.map(({ headers }) => headers['persona-webhook-first-attempted-at'])).size).toBe(1);
    expect(callback).toMatch(/^cb_/);
  });

  it('webhookie: blocks its subscription when exhausted, parks the delivery, and sends it once that is unblocked', async () => {
    const { subscription } = await tenant.subscribe(receiver, { profile: 'webhookie', retry: { delaysSeconds: [1] } });
    receiver.answer(always({ status: 503 }));
    await tenant.publish([{ payload: '{}' }]);
    expect((await attempts(2)).map(({ next }) => next.step)).toEqual(['later', 'parked']);
    await status('parked');
    await eventually(async () => {
      expect(await fleet.api.get(`/v1/subscriptions/${subscription}`)).toMatchObject({ state: 'blocked' });
    });
    receiver.answer(always({}));
    await fleet.api.post(`/v1/subscriptions/${subscription}/unblock`);
    expect((await attempts(3)).at(-1)).toMatchObject({ number: 3, reason: 'unblock', outcome: 'delivered' });
  });

  it('webhookie: fails for good after an answer that it does not retry', async () => {
    await tenant.subscribe(receiver, { profile: 'webhookie' });
    receiver.answer(always({ status: 400 }));
    await tenant.publish([{ payload: '{}' }]);
    expect(await attempts(1)).toMatchObject([{ outcome: 'failed', next: { step: 'dead' } }]);
    await status('failed');
  });

  it('standard: 410 disables the callback, later events are skipped, and enabling it lets events through again', async () => {
    const { callback } = await tenant.subscribe(receiver, { profile: 'standard' });
    receiver.answer(always({ status: 410 }));
    await tenant.publish([{ payload: '{}' }]);
    await eventually(async () => {
      expect(await fleet.api.get(`/v1/callbacks/${callback}`)).toMatchObject({ enabled: false, disabledReason: 'gone' });
    });
    await tenant.inForce();
    await tenant.publish([{ payload: '{}' }]);
    await eventually(async () => {
      expect((await tenant.deliveries()).map((delivery) => delivery.status).sort()).toEqual(['failed', 'skipped']);
    });
    receiver.answer(always({}));
    await fleet.api.patch(`/v1/callbacks/${callback}`, { enabled: true });
    await tenant.inForce();
    await tenant.publish([{ payload: '{"revived":true}' }]);
    await eventually(() => {
      expect(receiver.requests.at(-1)).toMatchObject({ status: 204 });
    });
    expect(receiver.requests.length).toBe(2);
  });

  it('any: a redirect is a failure that is not followed, Retry-After lengthens the delay, and a long answer is cut at 16 KiB', async () => {
    await tenant.subscribe(receiver, { profile: 'standard', retry: { delaysSeconds: [1, 1], jitter: 0 } });
    const elsewhere = { location: receiver.url };
    receiver.answer(
      inSequence({ status: 302, headers: elsewhere }, { status: 503, headers: { 'retry-after': '3' } }, { status: 200, body: 'x'.repeat(40_000) }),
    );
    await tenant.publish([{ payload: '{}' }]);
    const [first, second, third] = await attempts(3);
    expect([first, second, third]).toMatchObject([
      { error: { class: 'redirect' }, response: { status: 302 } },
      { error: { class: 'http' } },
      { outcome: 'delivered' },
    ]);
    expect(third?.response).toMatchObject({ body: 'x'.repeat(16_384), bodyTruncated: true });
    const [, b, c] = receiver.requests;
    expect((c?.at ?? 0) - (b?.answeredAt ?? Infinity)).toBeGreaterThanOrEqual(3_000);
    expect(receiver.requests).toHaveLength(3);
  });

  it('any: an edit or disabling before a retry is due counts when it is due', async () => {
    const moved = await Receiver.start();
    const other = await Tenant.create(fleet);
    const edited = await tenant.subscribe(receiver, { profile: 'standard', retry: { delaysSeconds: [10], jitter: 0 } });
    const disabled = await other.subscribe(receiver, { profile: 'standard', retry: { delaysSeconds: [10], jitter: 0 } });
    receiver.answer(always({ status: 500 }));
    await tenant.publish([{ payload: '{}' }]);
    await other.publish([{ payload: '{}' }]);
    await eventually(() => {
      expect(receiver.requests).toHaveLength(2);
    });
    await Promise.all([
      fleet.api.patch(`/v1/callbacks/${edited.callback}`, { url: moved.url }),
      fleet.api.patch(`/v1/callbacks/${disabled.callback}`, { enabled: false }),
    ]);
    await eventually(() => {
      expect(moved.requests).toHaveLength(1);
    });
    await eventually(async () => {
      expect((await other.deliveries()).map((delivery) => delivery.status)).toEqual(['canceled']);
    });
    expect(receiver.requests).toHaveLength(2);
    await moved.close();
  });
});
