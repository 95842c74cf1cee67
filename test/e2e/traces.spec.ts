import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { perDelivery, Receiver } from '@nuncio/fixtures';
import type { AttemptAnswer } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

interface TracedAttempt extends AttemptAnswer {
  readonly traceId: string | null;
}

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const traceparent = (trace: string): string => `00-${trace}-${hex(8)}-01`;

describe('the trace of an event', () => {
  const fleet = sharedFleet();
  let receiver: Receiver;
  beforeAll(async () => (receiver = await Receiver.start()));
  afterAll(() => Promise.all([receiver.close(), fleet.cluster.close()]));

  it('goes from its publisher through a retry into the log, and its receiver gets another one', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard', envelope: 'cloudevents', retry: { delaysSeconds: [3], jitter: 0 } });
    receiver.answer(perDelivery({ status: 503 }, { status: 200 }));
    const traces: Readonly<Record<string, string | null>> = { record: hex(16), attribute: hex(16), http: hex(16), none: null, broken: null };
    const of = (way: string): string => traceparent(traces[way] ?? '');
    const attributes = (way: string) => ({ id: way, source: `/${tenant.id}`, type: tenant.eventType, tenant: tenant.id });
    const record = (way: string, headers: Readonly<Record<string, string>>) => ({
      key: way,
      value: '{}',
      headers: { ce_specversion: '1.0', ...Object.fromEntries(Object.entries(attributes(way)).map(([name, value]) => [`ce_${name}`, value])), ...headers },
    });
    await fleet.cluster.send('events', [
      record('record', { traceparent: of('record'), tracestate: 'vendor=secret', ce_traceparent: traceparent(hex(16)) }),
      record('attribute', { ce_traceparent: of('attribute'), ce_tracestate: 'vendor=secret' }),
      record('none', {}),
      record('broken', { traceparent: 'not-a-trace' }),
    ]);
    const published = await fetch(`${fleet.api.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fleet.api.key}`, 'content-type': 'application/cloudevents+json', traceparent: of('http') },
      body: JSON.stringify({ specversion: '1.0', ...attributes('http'), data: {} }),
    });
    expect(published.status).toBe(202);

    const attempts = await eventually(async () => {
      const all = (await tenant.attempts()) as TracedAttempt[];
      expect(all).toHaveLength(10);
      return all;
    });
    for (const [way, trace] of Object.entries(traces)) {
      const tries = attempts.filter(({ ceId }) => ceId === way);
      expect(tries.map(({ number, traceId }) => [number, traceId]).sort()).toEqual([[1, trace], [2, trace]]);
      const requests = receiver.requests.filter(({ headers }) => headers['ce-id'] === way);
      const sent = requests.map(({ headers }) => headers.traceparent);
      expect(tries.map(({ request }) => request?.headers.traceparent).sort()).toEqual(sent.toSorted());
      expect(new Set(sent.map((given) => given?.slice(3, 35))).size).toBe(trace === null ? 1 : 2);
      for (const given of sent) expect(given).toEqual(trace === null ? undefined : expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/));
    }
    expect(receiver.requests).toHaveLength(10);
    const inner = ['secret', 'ce-trace', ...Object.values(traces).filter((trace) => trace !== null)];
    for (const { headers } of receiver.requests) expect(inner.filter((word) => JSON.stringify(headers).includes(word))).toEqual([]);
  });
});
