import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { always, Receiver } from '@nuncio/fixtures';
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
    const failures = quarantined.map(({ headers, value }) => ({
      value,
      ...(JSON.parse(String(headers?.['nuncio-grave'])) as { reason: string; topic: string; partition: number; offset: string }),
    }));
    expect(failures.toSorted((a, b) => Number(a.offset) - Number(b.offset))).toMatchObject(
      unreadable.map(({ value }, i) => ({ value, topic: expect.stringMatching(/events$/), partition, offset: String(first + i), reason: expect.any(String) })),
    );
  });

  it('is shown, corrected and published again through the API, and arrives', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    const headers = { ce_specversion: '1.0', ce_id: Buffer.from([0xc3, 0x28]), ce_source: '/blackbox', ce_type: tenant.eventType, ce_tenant: tenant.id, 'content-type': 'application/json' };
    const [place] = await fleet.cluster.send('events', [{ key: tenant.id, partition: 4, value: '{"n": 1.0}', headers }]);
    const { id } = await eventually(async () => {
      const found = (await fleet.api.all<Quarantined>('/v1/quarantine', { reason: 'bad-header' })).find(({ origin }) => origin?.partition === 4 && origin.offset === place?.baseOffset && origin.topic.endsWith('events'));
      if (!found) throw new Error('it is not there yet');
      return found;
    });
    expect(await fleet.api.get(`/v1/quarantine/${id}`)).toMatchObject({ key: { text: tenant.id }, value: { text: '{"n": 1.0}' }, republish: { refusal: null } });
    expect((await fleet.api.call('POST', `/v1/quarantine/${id}/republish`, {})).status).toBe(422);
    const mend = { headers: { ce_id: `${tenant.id}-mended` } };
    expect(await fleet.api.call('POST', `/v1/quarantine/${id}/republish`, mend)).toMatchObject({ status: 202, body: { republished: { by: expect.any(String) } } });
    expect((await fleet.api.call('POST', `/v1/quarantine/${id}/republish`, mend)).status).toBe(409);
    await eventually(() => {
      expect(receiver.requests.map(({ body }) => body.toString())).toEqual(['{"n": 1.0}']);
    });
  });

  it('is published again within the window in which a second copy of it is dropped', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
    const headers = { ce_specversion: '1.0', ce_id: `${tenant.id}-1`, ce_source: '/blackbox', ce_type: tenant.eventType, ce_tenant: tenant.id, 'content-type': 'application/json' };
    const [place] = await fleet.cluster.send('events', [{ key: tenant.id, partition: 5, value: '{}', headers }]);
    await eventually(() => {
      expect(receiver.requests).toHaveLength(1);
    });
    // A record that was quarantined by mistake.
    const failure = { reason: 'failed', detail: 'TypeError', topic: `${fleet.cluster.topicPrefix}.events`, partition: 5, offset: place?.baseOffset };
    const [put] = await fleet.cluster.send('quarantine', [{ key: tenant.id, value: '{}', headers: { ...headers, 'nuncio-grave': JSON.stringify(failure) } }]);
    const id = `${put?.partition ?? 0}-${put?.baseOffset ?? ''}`;
    await eventually(() => fleet.api.get(`/v1/quarantine/${id}`));
    await fleet.cluster.send('events', [{ key: tenant.id, partition: 6, value: '{}', headers }]);
    expect((await fleet.api.call('POST', `/v1/quarantine/${id}/republish`, {})).status).toBe(202);
    await eventually(() => {
      expect(receiver.requests).toHaveLength(2);
    });
  });

  it('is a dead letter if its attempts failed, with its delivery, which can be sent again from there', async () => {
    const tenant = await Tenant.create(fleet);
    const { callback } = await tenant.subscribe(receiver, { profile: 'standard', retry: { delaysSeconds: [] } });
    receiver.answer(always({ status: 500 }));
    await tenant.publish([{ payload: '{"dead":1}' }]);
    const [letter] = await eventually(async () => {
      const letters = await fleet.api.all<DeadLetter>('/v1/dead-letters', { callback });
      expect(letters).toMatchObject([{ reason: 'http', detail: 'status 500', status: 'failed', tenant: tenant.id, callback }]);
      return letters;
    });
    expect(await fleet.api.get(`/v1/dead-letters/${letter?.id ?? ''}`)).toMatchObject({ value: { text: '{"dead":1}' } });
    receiver.answer(always({ status: 204 }));
    expect((await fleet.api.call('POST', `/v1/dead-letters/${letter?.id ?? ''}/republish`, {})).status).toBe(202);
    await eventually(async () => {
      expect(await fleet.api.all('/v1/dead-letters', { callback })).toMatchObject([{ status: 'delivered', republished: { by: expect.any(String) } }]);
    });
  });

  it('may be any of thousands, on any topic: each is quarantined once, and the records after them arrive', async () => {
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
    });
    expect(origins.toSorted()).toEqual(expected.toSorted());
  });
});

interface Quarantined {
  readonly id: string;
  readonly origin: { readonly topic: string; readonly partition: number; readonly offset: string } | null;
}

interface DeadLetter {
  readonly id: string;
}

const EACH = 500;

/** Some hundred bytes that are no JSON, the same for each seed. */
function bytes(seed: number): Buffer {
  let state = seed;
  const noise = Array.from({ length: 1 + (seed % 300) }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24);
  return Buffer.from([0xff, ...noise]);
}
