import { randomUUID } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '@nuncio/fixtures';
import type { Premises } from './premises.js';

interface World {
  readonly consumer: Api;
  readonly publisher: Api;
  readonly premises: Premises;
}

interface Misdeed {
  readonly sideBySide: number;
  /** Resolves with the status; rejects without an answer. `n`: the number of this loop. */
  readonly once: (n: number, over: AbortSignal) => Promise<number>;
}

const BATCH = 'application/cloudevents-batch+json';
const HALF_SENT_FOR_MS = 2_000;

/** Attacks on shared resources (A), by bad answers (D) and by bad input (E), each repeated. */
export function misdeeds({ consumer, publisher, premises }: World): Readonly<Record<string, Misdeed>> {
  const callback = premises.callbacks.slow ?? '';
  const by = (sideBySide: number, once: Misdeed['once']): Misdeed => ({ sideBySide, once });
  const status = async (answer: Promise<{ status: number }>): Promise<number> => (await answer).status;
  const patch = (body: unknown): Promise<number> => status(consumer.call('PATCH', `/v1/callbacks/${callback}`, body));
  const read = (path: string): Promise<number> => status(consumer.call('GET', path));
  const publish = (events: readonly unknown[], headers: Record<string, string> = {}): Promise<number> => status(publisher.call('POST', '/v1/events', JSON.stringify(events), { 'content-type': BATCH, ...headers }));
  const event = (attributes: object = {}): object => ({ specversion: '1.0', id: randomUUID(), source: '/hostile', type: premises.eventType, tenant: premises.tenant, data: {}, ...attributes });
  const headers = (count: number, bytes: number): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, n) => [`X-Header-${n}`, 'x'.repeat(bytes)]));
  let turn = 0;
  const next = <T>(list: readonly T[]): T => list[turn++ % list.length] as T;

  return {
    'headers of 900 KiB': by(1, () => patch({ secretHeaders: headers(110, 8_100) })),
    'headers as large as may be': by(2, () => patch({ secretHeaders: headers(48, 300) })),
    'RSA keys': by(30, (n) => status(consumer.call('PATCH', `/v1/credentials/${premises.signing}`, { assertionAlgorithm: n % 2 ? 'RS256' : 'PS256' }))),
    'unknown fields': by(1, () => patch(Object.fromEntries(Array.from({ length: 90_000 }, (_, n) => [`nmae${n}`, n])))),
    'callbacks made and deleted': by(2, async () => {
      const { body, status: made } = await consumer.call<{ id: string }>('POST', '/v1/callbacks', { name: randomUUID(), url: 'http://127.0.0.1:9/hooks' });
      return made === 201 ? status(consumer.call('DELETE', `/v1/callbacks/${body.id}`)) : made;
    }),
    'a batch of nothing': by(1, () => publish(Array.from({ length: 300_000 }, () => ({})))),
    'as many events as may be': by(2, () => publish(Array.from({ length: next([1_000, 300, 18]) }, () => event()))),
    'half-sent bodies': by(50, (_, over) => halfSent(consumer, over)),
    'keys that are nobody\'s': by(4, () => status(consumer.as(randomUUID()).call('GET', '/v1/callbacks'))),
    streams: by(12, (_, over) => held(consumer, '/v1/attempts/stream', over)),
    searches: by(4, () => read(next([`/v1/attempts?limit=100`, `/v1/deliveries?limit=100&status=failed`, '/v1/stats', `/v1/audit?limit=100`, `/v1/events?limit=100`]))),
    'filters with 1,000 names': by(4, () => read(`/v1/deliveries?${Array.from({ length: 1_000 }, (_, n) => `ext.a${n}=1`).join('&')}`)),
    'health of all callbacks': by(20, () => read('/v1/callbacks/health?limit=100')),
    payloads: by(30, () => read(`/v1/events/${next(premises.large)}/payload`)),
    downloads: by(8, () => read('/v1/attempts?format=ndjson')),
    'downloads that nobody reads': by(150, (_, over) => unread(consumer, next(['/v1/attempts?format=ndjson', `/v1/events/${next(premises.large)}/payload`]), over)),
    replays: by(2, () => status(consumer.call('POST', '/v1/replays', { select: { callback: premises.callbacks[next(premises.names)] }, perSecond: 1_000 }))),
    samples: by(2, () => status(consumer.call('POST', `/v1/callbacks/${premises.callbacks[next(['hanging', 'dropping', 'refusing', 'bomb'])] ?? ''}/test`))),
    'content types that are none': by(1, () => publish([event({ datacontenttype: next(['a/b\r\nx: y', 'a/b\0', '€/x', 'a/😀', 'application/cloudevents+json']) })])),
    'content codings': by(1, () => publish([event()], { 'content-encoding': 'gzip' })),
    'rates that are none': by(1, () => patch({ limits: { concurrency: 256, perSecond: next([1e-50, 1e-7, 1e308, 0.001, 100_000]) } })),
    'cursors and times that are none': by(1, () => read(next(['/v1/attempts?cursor=MDAwMC0wMS0wMVQwMDowMDowMFo', '/v1/deliveries?since=0000-01-01T00:00:00Z', '/v1/callbacks?cursor=%00', '/v1/audit?cursor=x']))),
  };
}

/** Announces a body, sends half of it and waits. Resolves with the status; 0 = the server hung up. */
async function halfSent({ url, key }: Api, over: AbortSignal): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(`POST /v1/callbacks HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"name":`);
  const said = (await Promise.race([once(socket, 'data'), once(socket, 'close'), delay(HALF_SENT_FOR_MS, undefined, { signal: over }).catch(() => undefined)])) as unknown[] | undefined;
  socket.destroy();
  const [chunk] = said ?? [];
  return chunk instanceof Buffer ? Number(chunk.toString('latin1').split(' ')[1]) : 0;
}

/** Has an answer begin, and takes nothing of it until it is cut off. */
async function unread({ url, key }: Api, path: string, over: AbortSignal): Promise<number> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => get(url + path, { agent: false, headers: { authorization: `Bearer ${key}` }, signal: over }, resolve).on('error', reject));
  const { statusCode = 0 } = answer;
  if (statusCode === 200) await once(answer, 'close').catch(() => undefined);
  answer.destroy();
  return statusCode;
}

/** Keeps a live stream open until it ends. */
async function held({ url, key }: Api, path: string, over: AbortSignal): Promise<number> {
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${key}` }, signal: over });
  if (answer.ok) await answer.text();
  return answer.status;
}
