import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

describe('what a dispatcher of a newer release has written', () => {
  const fleet = sharedFleet();
  let receiver: Receiver;
  beforeAll(async () => (receiver = await Receiver.start()));
  afterAll(() => Promise.all([receiver.close(), fleet.cluster.close()]));

  const inTopic = async (topic: string, ceId: string) => (await fleet.cluster.read(topic)).filter(({ headers }) => String(headers?.ce_id) === ceId).map(({ headers }) => JSON.parse(String(headers?.['nuncio-errand'])) as unknown);

  it('keeps its fields when it goes on to the next attempt, and waits unchanged if its kind is unknown', async () => {
    const tenant = await Tenant.create(fleet);
    const { subscription } = await tenant.subscribe(receiver, { profile: 'standard', retry: { delaysSeconds: [3_600, 3_600], jitter: 0 } });
    receiver.answer(() => ({ status: 503 }));
    const errand = {
      event: 'evt_0',
      eventAt: Date.now(),
      subscriptions: [subscription],
      number: 1,
      reason: 'first',
      notBefore: Date.now(),
      hop: 0,
      retriesUsed: 0,
      firstAttemptAt: null,
      heldSince: null,
      holds: 0,
      position: null,
      requestedBy: null,
      ofTheNextRelease: { deep: ['kept'] },
    };
    const unknown = { ...errand, reason: 'of-the-next-release' };
    const record = (ceId: string, one: object) => ({
      key: ceId,
      value: '{}',
      headers: { ce_specversion: '1.0', ce_id: ceId, ce_source: `/${tenant.id}`, ce_type: tenant.eventType, ce_tenant: tenant.id, 'nuncio-errand': JSON.stringify(one) },
    });
    const [known, other] = [`${tenant.id}-known`, `${tenant.id}-unknown`];
    await fleet.cluster.send('deliveries', [record(known, errand), record(other, unknown)]);
    await eventually(async () => {
      expect(await inTopic('delay.10m', known)).toMatchObject([{ number: 2, reason: 'retry', ofTheNextRelease: { deep: ['kept'] } }]);
      expect(await inTopic('delay.30s', other)).toContainEqual(unknown);
    });
    expect([await inTopic('quarantine', known), await inTopic('quarantine', other)]).toEqual([[], []]);
    expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).toHaveLength(1);
  });
});
