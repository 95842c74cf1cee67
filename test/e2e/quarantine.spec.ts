import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import type { IHeaders } from 'kafkajs';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

describe('a record that cannot be read', () => {
  const fleet = sharedFleet();
  let receiver: Receiver;
  beforeAll(async () => (receiver = await Receiver.start()));
  afterAll(() => Promise.all([receiver.close(), fleet.cluster.close()]));

  it('goes to quarantine once, with its bytes, reason and origin, and its partition moves on', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    const good = { ce_specversion: '1.0', ce_source: '/blackbox', ce_type: tenant.eventType, ce_tenant: tenant.id, 'content-type': 'application/json' };
    const unreadable: { value: Buffer | null; headers: IHeaders }[] = [
      { value: Buffer.from('no headers at all'), headers: {} },
      { value: null, headers: { ...good, ce_id: `${tenant.id}-null` } },
      { value: Buffer.from([0xff, 0x00, 0xfe]), headers: { ...good, ce_id: Buffer.from([0xc3, 0x28]) } },
      { value: Buffer.from('{"specversion":"1.0",'), headers: { 'content-type': 'application/cloudevents+json' } },
      { value: Buffer.from('wrong time'), headers: { ...good, ce_id: `${tenant.id}-time`, ce_time: 'yesterday' } },
    ];
    const partition = 3;
    const record = { key: tenant.id, partition };
    const sent = await fleet.cluster.send('events', [
      ...unreadable.map((one) => ({ ...record, ...one })),
      { ...record, value: '{"n":1}', headers: { ...good, ce_id: `${tenant.id}-good` } },
    ]);
    await eventually(() => {
      expect(receiver.requests.map(({ body }) => body.toString())).toEqual(['{"n":1}']);
    });

    const quarantined = await eventually(async () => {
      const mine = (await fleet.cluster.read('quarantine')).filter(({ key }) => key?.toString() === tenant.id);
      expect(mine.length).toBeGreaterThanOrEqual(unreadable.length);
      return mine;
    });
    const first = Number(sent[0]?.baseOffset);
    const graves = quarantined.map(({ headers, value }) => ({
      value,
      ...(JSON.parse(String(headers?.['nuncio-grave'])) as { reason: string; topic: string; partition: number; offset: string }),
    }));
    expect(graves.toSorted((a, b) => Number(a.offset) - Number(b.offset))).toMatchObject(
      unreadable.map(({ value }, i) => ({ value, topic: expect.stringMatching(/events$/), partition, offset: String(first + i), reason: expect.any(String) })),
    );
  });

  it('may be any of thousands, on any topic that is read: each goes there once, and what comes behind them arrives', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    const topics = ['events', 'deliveries', 'delay.1s', 'samples', 'attempts', 'token.requests'];
    const expected: string[] = [];
    for (const topic of topics) {
      const partition = 1;
      const garbage = Array.from({ length: EACH }, (_, n) => ({
        key: `fuzz-${tenant.id}`,
        partition,
        value: bytes(n),
        headers: { 'content-type': 'application/cloudevents+json', [`x-${n}`]: bytes(n + 1) },
      }));
      const [first] = await fleet.cluster.send(topic, garbage);
      const base = Number(first?.baseOffset);
      expected.push(...garbage.map((_, n) => `${topic} ${base + n}`));
    }
    const publishedAt = Date.now();
    await tenant.publish(Array.from({ length: 12 }, (_, n) => ({ payload: `{"n":${n}}` })));
    await eventually(() => {
      expect(receiver.requests.filter(({ at }) => at >= publishedAt)).toHaveLength(12);
    });
    const origins = await eventually(async () => {
      const mine = (await fleet.cluster.read('quarantine')).filter(({ key }) => key?.toString() === `fuzz-${tenant.id}`);
      expect(mine.length).toBeGreaterThanOrEqual(expected.length);
      return mine.map(({ headers }) => {
        const { reason, topic, offset } = JSON.parse(String(headers?.['nuncio-grave'])) as { reason: string; topic: string; offset: string };
        expect(reason).not.toBe('');
        return `${topic.slice(fleet.cluster.topicPrefix.length + 1)} ${offset}`;
      });
    }, 40_000);
    expect(origins.toSorted()).toEqual(expected.toSorted());
  });
});

const EACH = 500;

/** Some hundred bytes that no reader takes for JSON, always the same ones. */
function bytes(seed: number): Buffer {
  let state = seed;
  const noise = Array.from({ length: 1 + (seed % 300) }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24);
  return Buffer.from([0xff, ...noise]);
}
