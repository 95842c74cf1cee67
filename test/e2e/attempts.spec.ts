import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { always, AuthorizationServer, Receiver } from '@nuncio/fixtures';
import type { AttemptAnswer } from '../fleet/answers.js';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

interface WholeAttempt extends AttemptAnswer {
  readonly dueAt: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly waitsMs: Readonly<Record<string, number>>;
}

const client = { clientId: 'shop', clientSecret: 'a secret of a shop', authMethod: 'client_secret_basic' } as const;

describe('an attempt', () => {
  const fleet = sharedFleet();
  let tenant: Tenant;
  const closing: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    tenant = await Tenant.create(fleet);
  });
  afterEach(() => Promise.all(closing.splice(0).map((close) => close())));
  afterAll(() => fleet.cluster.close());

  const attempts = (count: number): Promise<WholeAttempt[]> =>
    eventually(async () => {
      const all = await tenant.attempts();
      expect(all).toHaveLength(count);
      return all.toReversed() as WholeAttempt[];
    });
  const requestOf = (id: string, query = ''): Promise<Response> => fetch(`${fleet.api.url}/v1/attempts/${id}/request${query}`, { headers: { authorization: `Bearer ${fleet.api.key}` } });

  it.each([
    ['persona', { profile: 'persona', headers: { 'X-Team': 'billing' } }],
    ['standard', { profile: 'standard', envelope: 'cloudevents' }],
  ])('shows both requests of a renewed token, byte for byte as they were sent, except for secrets (%s)', async (profile, settings) => {
    const wire = await Wire.start();
    const server = await AuthorizationServer.start({ clients: [client] });
    closing.push(() => wire.close(), () => server.down());
    const credential = await tenant.credential(server, client);
    await tenant.subscribe(wire, { ...settings, secretHeaders: { 'X-Gate': 'the secret of a gate' }, authentication: { type: 'oauth2', credential } });
    wire.statuses = [401, 204];
    await tenant.publish([{ payload: '{ "n": 1.0 }' }]);

    const [attempt] = await attempts(1);
    expect(attempt).toMatchObject({
      requests: 2,
      httpVersion: '1.1',
      envelope: profile === 'persona' ? 'json-api' : 'cloudevents',
      outcome: 'delivered',
      response: { status: 204 },
      refused: { startedAt: expect.any(String), request: { headers: { authorization: '<redacted>' } }, response: { status: 401, body: 'no' }, timingsMs: { total: expect.any(Number) } },
    });
    expect(wire.requests).toHaveLength(2);
    for (const [query, sent] of [['?number=1', wire.requests[0]], ['?number=2', wire.requests[1]], ['', wire.requests[1]]] as const) {
      const answer = await requestOf(attempt?.id ?? '', query);
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('nuncio-redacted')?.split(', ').sort()]).toEqual([200, 'message/http', ['authorization', 'x-gate']]);
      expect(await answer.text()).toBe(sent?.replace(/^(Authorization|X-Gate): .*$/gim, '$1: <redacted>'));
    }
  });

  it('says when it was due, what it waited for and when it ended', async () => {
    const receiver = await Receiver.start(always({ delayMs: 400 }));
    closing.push(() => receiver.close());
    await tenant.subscribe(receiver, { limits: { perSecond: 2 }, timeoutMs: 30_000 });
    await tenant.publish(Array.from({ length: 4 }, (_, n) => ({ payload: `{"n":${n}}` })));
    const all = await attempts(4);
    const waits = all.map(({ waitsMs }) => waitsMs);
    expect(waits[0]).toEqual({ place: expect.any(Number), process: expect.any(Number), rate: expect.any(Number), handshake: 0 });
    expect(Math.max(...waits.map(({ rate = 0 }) => rate))).toBeGreaterThan(300);
    for (const { dueAt, startedAt } of all) expect(Date.parse(dueAt)).toBeLessThanOrEqual(Date.parse(startedAt) + 1_000);
    for (const { startedAt, endedAt } of all) expect(Date.parse(endedAt) - Date.parse(startedAt)).toBeGreaterThanOrEqual(399);
  });

  it('says why there was no connection, and that nothing was sent', async () => {
    const gone = await Receiver.start();
    const { callback } = await tenant.subscribe(gone, { retry: { delaysSeconds: [] } });
    await gone.close();
    await tenant.publish([{ payload: '{}' }]);
    const [attempt] = await attempts(1);
    expect(attempt).toMatchObject({ callback, httpVersion: null, error: { class: 'connect', detail: 'the connection was refused' } });
    const answer = await requestOf(attempt?.id ?? '');
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([404, 'This attempt made no request: there was no connection (the connection was refused).']);
    const delivery = await fleet.api.get<{ explanation: string }>(`/v1/deliveries/${attempt?.delivery ?? ''}`);
    expect(delivery.explanation).toContain('(the connection was refused)');
  });

  it('is shown to nobody else', async () => {
    const receiver = await Receiver.start(always({}));
    closing.push(() => receiver.close());
    await tenant.subscribe(receiver, {});
    await tenant.publish([{ payload: '{}' }]);
    const [attempt] = await attempts(1);
    const other = await Tenant.create(fleet);
    const { key } = await fleet.api.post<{ key: string }>('/v1/api-keys', { name: 'other', role: 'consumer', tenant: other.id, groups: [] });
    const answer = await eventually(async () => {
      const seen = await fetch(`${fleet.api.url}/v1/attempts/${attempt?.id ?? ''}/request`, { headers: { authorization: `Bearer ${key}` } });
      expect(seen.status).not.toBe(401);
      return seen;
    });
    expect(answer.status).toBe(404);
  });
});

/** An endpoint that keeps every byte of its requests. It answers with `statuses` one after another, then with 204. */
class Wire {
  readonly requests: string[] = [];
  statuses: readonly number[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Wire> {
    const server = createServer((socket) => {
      let read = '';
      socket.on('error', () => undefined).on('data', (chunk) => {
        read += chunk.toString('latin1');
        for (;;) {
          const head = read.indexOf('\r\n\r\n') + 4;
          const length = head + Number(/^content-length: (\d+)/im.exec(read.slice(0, head))?.[1] ?? Infinity);
          if (head < 4 || read.length < length) return;
          const status = wire.statuses[wire.requests.push(read.slice(0, length)) - 1] ?? 204;
          read = read.slice(length);
          socket.write(status === 204 ? 'HTTP/1.1 204 No Content\r\n\r\n' : `HTTP/1.1 ${status} Refused\r\ncontent-length: 2\r\n\r\nno`);
        }
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const wire = new Wire(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/in?a=1&b=%20`);
    return wire;
  }

  close(): Promise<unknown> {
    return new Promise((closed) => this.server.close(closed));
  }
}
