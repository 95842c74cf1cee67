import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver } from '@nuncio/fixtures';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

interface Sampled {
  readonly ok: boolean;
  readonly response: { readonly status: number; readonly headers: Record<string, string>; readonly body: string; readonly bodyTruncated: boolean } | null;
  readonly sentHeaders: Record<string, string>;
}

const SCHEMA = { type: 'object', required: ['invoice', 'total'], properties: { invoice: { type: 'string' }, total: { type: 'number', minimum: 5 }, lines: { type: 'array', items: { $ref: '#/$defs/line' }, minItems: 1 } }, $defs: { line: { type: 'object', properties: { sku: { type: 'string' } } } } };
const LONG = 20_000;

describe('a sample of an event type', () => {
  const fleet = sharedFleet();
  const { api } = fleet;
  const [made, exemplary] = [`made.${randomUUID()}`, `exemplary.${randomUUID()}`];
  let receiver: Receiver;
  let tenant: Tenant;
  let callback: string;

  beforeAll(async () => {
    [receiver, tenant] = await Promise.all([Receiver.start(), Tenant.create(fleet)]);
    await api.post('/v1/event-types', { name: made, schema: SCHEMA });
    await api.post('/v1/event-types', { name: exemplary, schema: { ...SCHEMA, examples: [{ invoice: 'in_1', total: 7 }] } });
    ({ id: callback } = await api.post<{ id: string }>('/v1/callbacks', { tenant: tenant.id, name: 'ledger', url: receiver.url, secretHeaders: { 'X-Gate': 'open-sesame-4711' } }));
  });
  afterAll(() => Promise.all([receiver.close(), fleet.cluster.close()]));

  const test = (body: object) => api.post<Sampled>(`/v1/callbacks/${callback}/test`, body);
  const last = (): { type: string | undefined; body: unknown } => {
    const sent = receiver.requests.at(-1);
    return { type: sent?.headers['x-event-type'], body: JSON.parse(sent?.body.toString() ?? 'null') };
  };

  it('sends its example, one made from its schema, or the given data', async () => {
    expect(await test({ eventType: exemplary })).toMatchObject({ ok: true });
    expect(last()).toEqual({ type: exemplary, body: { invoice: 'in_1', total: 7 } });
    expect(await test({ eventType: made })).toMatchObject({ ok: true });
    expect(last()).toEqual({ type: made, body: { invoice: 'string', total: 5, lines: [{ sku: 'string' }] } });
    expect(await test({ eventType: made, data: { invoice: 'mine', total: 12 } })).toMatchObject({ ok: true });
    expect(last()).toEqual({ type: made, body: { invoice: 'mine', total: 12 } });
    expect(await test({})).toMatchObject({ ok: true });
    expect(last()).toMatchObject({ type: 'nuncio.test' });
  });

  it('is refused if the type is unknown, or the data does not fit', async () => {
    for (const [sent, pointer] of [
      [{ eventType: 'nobody.knows' }, '/eventType'],
      [{ eventType: made, data: { invoice: 'mine', total: 1 } }, '/data/total'],
      [{ data: {} }, '/eventType'],
    ] as const)
      expect({ sent, ...(await api.call('POST', `/v1/callbacks/${callback}/test`, sent)) }).toMatchObject({ sent, body: { errors: [{ pointer }] }, status: 422 });
  });

  it('returns what the receiver answered: its status, headers and body, bounded, and without the secrets that it was sent', async () => {
    receiver.answer((request) => ({ status: 422, headers: { 'x-why': 'no such invoice', 'content-type': 'text/plain' }, body: `gate ${request.headers['x-gate'] ?? ''} ${'x'.repeat(LONG)}` }));
    const { ok, response, sentHeaders } = await test({ eventType: exemplary });
    expect([ok, response?.status, response?.headers['x-why'], response?.bodyTruncated]).toEqual([false, 422, 'no such invoice', true]);
    expect(response?.body).toMatch(/^gate <redacted> x+$/);
    expect(response?.body.length).toBeLessThan(LONG);
    expect(JSON.stringify([response, sentHeaders])).not.toContain('open-sesame');
  });

  it('is also sent for a subscription: of its own type if none is named', async () => {
    receiver.answer(() => ({}));
    const { id } = await api.post<{ id: string }>('/v1/subscriptions', { tenant: tenant.id, callback, eventTypes: [exemplary] });
    expect(await api.post<Sampled>(`/v1/subscriptions/${id}/test`, {})).toMatchObject({ ok: true, response: { status: expect.any(Number) } });
    expect(last()).toEqual({ type: exemplary, body: { invoice: 'in_1', total: 7 } });
    expect(await api.post<Sampled>(`/v1/subscriptions/${id}/test`, { eventType: made })).toMatchObject({ ok: true });
    expect(last().type).toBe(made);
    expect(await api.get(`/v1/subscriptions/${id}`)).toMatchObject({ state: 'draft' });
  });
});
