import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import BrokerPool from 'kafkajs/src/cluster/brokerPool.js';
import Connection from 'kafkajs/src/network/connection.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import './kafkajs-patches.js';

const HOUR_MS = 3_600_000;
const logger: object = new Proxy({}, { get: (_, name) => (name === 'namespace' ? () => logger : () => undefined) });
const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(() => {
  jest.restoreAllMocks();
  for (const server of servers.splice(0)) server.close();
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** From now on the wall clock is off by so much. */
function putClock(byMs: number): void {
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + byMs);
}

/** A connection to a broker that does this with each request, and what it answered to one. */
async function asked(requestTimeout: number, onRequest: (socket: Socket, request: Buffer) => void): Promise<{ answer: Promise<unknown>; connection: Connection }> {
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined).on('data', (request) => { onRequest(socket, request); }));
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socketFactory = ({ onConnect }: { onConnect: () => void }) => connect(port, '127.0.0.1', onConnect);
  const connection = new Connection({ host: '127.0.0.1', port, clientId: 'spec', logger, socketFactory, connectionTimeout: 3_000, requestTimeout, enforceRequestTimeout: true });
  await connection.connect();
  const answer = connection.send({
    request: { apiKey: 3, apiVersion: 0, apiName: 'Metadata', encode: async () => new Encoder() },
    response: { decode: async () => ({}), parse: async () => 'an answer' },
  });
  return { answer, connection };
}

/** Its length, and the number of the request. */
const answerTo = (request: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, 4]), request.subarray(8, 12)]);

describe('with another wall clock, kafkajs', () => {
  it('waits for the answers that are under way when it is put forward: all of them had timed out', async () => {
    const { answer, connection } = await asked(60_000, (socket, request) => {
      putClock(HOUR_MS);
      // A few looks for what has timed out later.
      setTimeout(() => socket.write(answerTo(request)), 500);
    });
    await expect(answer).resolves.toBe('an answer');
    await connection.disconnect();
  });

  it('gives up what is not answered although it is put back: it waited for an hour longer', async () => {
    const { answer } = await asked(300, () => { putClock(-HOUR_MS); });
    await expect(answer).rejects.toThrow('timed out');
  });

  it('pauses as long as a broker asks, and no longer, when it is put back: nothing was sent for an hour', async () => {
    const queue = new RequestQueue({ logger, requestTimeout: 1_000, enforceRequestTimeout: true, clientId: 'spec', broker: 'spec' });
    const sentAt = Promise.withResolvers<number>();
    const startedAt = performance.now();
    queue.maybeThrottle(100);
    putClock(-HOUR_MS);
    queue.push({ entry: { correlationId: 1 }, expectResponse: true, sendRequest: () => { sentAt.resolve(performance.now()); } });
    expect((await sentAt.promise) - startedAt).toBeGreaterThan(90);
    queue.destroy();
  });

  it('arms no timer while no request waits: it woke up each millisecond for ever', async () => {
    const queue = new RequestQueue({ logger, requestTimeout: 1_000, enforceRequestTimeout: true, clientId: 'spec', broker: 'spec' });
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
    queue.maybeThrottle(20);
    queue.push({ entry: { correlationId: 1 }, expectResponse: true, sendRequest: () => undefined });
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
    while (queue.pending.length) await pause(5);
    expect(queue.throttleCheckTimeoutId).toBeNull();
    queue.destroy();
  });

  it('looks for what is not answered only while something is under way: it looked ten times a second for ever', async () => {
    const queue = new RequestQueue({ logger, requestTimeout: 50, enforceRequestTimeout: true, clientId: 'spec', broker: 'spec' });
    queue.scheduleRequestTimeoutCheck();
    expect(queue.requestTimeoutIntervalId).toBeUndefined();
    const rejected = Promise.withResolvers<Error>();
    queue.push({ entry: { correlationId: 1, reject: rejected.resolve }, expectResponse: true, sendRequest: () => undefined });
    expect(queue.requestTimeoutIntervalId).toBeDefined();
    expect((await rejected.promise).message).toContain('timed out');
    expect(queue.requestTimeoutIntervalId).toBeUndefined();
    // What waits longer than others does not hide what is sent after it.
    const [early, late] = [Promise.withResolvers<Error>(), Promise.withResolvers<Error>()];
    queue.push({ entry: { correlationId: 2, reject: late.resolve }, expectResponse: true, requestTimeout: 3_000, sendRequest: () => undefined });
    await pause(20);
    queue.push({ entry: { correlationId: 3, reject: early.resolve }, expectResponse: true, sendRequest: () => undefined });
    expect(await Promise.race([early.promise.then(() => 'early'), late.promise.then(() => 'late')])).toBe('early');
    await late.promise;
    queue.destroy();
  });

  it('asks for metadata as often when it is put back: who led was not asked for an hour', async () => {
    let refreshes = 0;
    const pool = { metadata: { topicMetadata: [] }, metadataMaxAge: 15_000, metadataExpireAt: Date.now() + 10_000, refreshMetadata: async () => { refreshes += 1; } };
    const refresh = () => BrokerPool.prototype.refreshMetadataIfNecessary.call(pool as never, []);
    await refresh();
    expect(refreshes).toBe(0);
    putClock(-HOUR_MS);
    await refresh();
    expect(refreshes).toBe(1);
  });
});
