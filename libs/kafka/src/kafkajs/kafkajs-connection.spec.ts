import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import Connection from 'kafkajs/src/network/connection.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import './kafkajs-patches.js';
import { throttles } from './kafkajs-throttle.js';

/** Longer than a busy machine stands still. */
const REQUEST_TIMEOUT_MS = 1_500;
const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const socket of sockets.splice(0)) socket.destroy();
});

/**
 * Connects to a broker that does with its nth connection what the nth function does. `taken`: how many connections it
 * has accepted.
 */
async function connected(...nth: ((socket: Socket) => void)[]): Promise<{ connection: Connection; taken: () => number }> {
  let taken = 0;
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    nth[taken++]?.(socket);
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const logger: object = new Proxy({}, { get: (_, name) => (name === 'namespace' ? () => logger : () => undefined) });
  const socketFactory = ({ onConnect }: { onConnect: () => void }) => connect(port, '127.0.0.1', onConnect);
  const timeouts = { connectionTimeout: 60_000, requestTimeout: REQUEST_TIMEOUT_MS, enforceRequestTimeout: true };
  const connection = new Connection({ host: '127.0.0.1', port, clientId: 'spec', logger, socketFactory, ...timeouts });
  await connection.connect();
  return { connection, taken: () => taken };
}

const ask = (connection: Connection, clientSideThrottleTime = 0): Promise<unknown> =>
  connection.send({
    request: { apiKey: 3, apiVersion: 0, apiName: 'Metadata', encode: async () => new Encoder() },
    response: { decode: async () => ({ clientSideThrottleTime }), parse: async () => 'an answer' },
  });

/** An answer to the request: its length, and the id of the request. */
const answer = (request: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, 4]), request.subarray(8, 12)]);
const answering = (socket: Socket): void => void socket.on('data', (request) => socket.write(answer(request)));
const silent = (): void => undefined;

describe('a connection of kafkajs', () => {
  it('reads an answer that follows one which broke off with the connection before: all that came later was read askew', async () => {
    const { connection } = await connected((socket) => socket.on('data', (request) => socket.end(answer(request).subarray(0, 6))), answering);
    await expect(ask(connection)).rejects.toThrow('Closed connection');
    await connection.connect();
    await expect(ask(connection)).resolves.toBe('an answer');
    await connection.disconnect();
  });

  it('is one, however many connect it at once', async () => {
    const { connection, taken } = await connected(silent, answering, answering, answering);
    await connection.disconnect();
    await Promise.all([connection.connect(), connection.connect(), connection.connect()]);
    await expect(ask(connection)).resolves.toBe('an answer');
    expect(taken()).toBe(2);
    await connection.disconnect();
  });

  it('is closed when a request has no answer: a broker that vanished without a word was asked for a quarter of an hour', async () => {
    const { connection } = await connected(silent, answering);
    const others = ask(connection);
    await expect(ask(connection)).rejects.toThrow('timed out');
    await expect(others).rejects.toThrow('timed out');
    expect(connection.isConnected()).toBe(false);
    await connection.connect();
    await expect(ask(connection)).resolves.toBe('an answer');
    await connection.disconnect();
  });

  it('waits for an answer that is still arriving: a large one was asked for again and again over a slow network', async () => {
    const bytewise = (socket: Socket): void => void socket.on('data', (request) => {
      const bytes = answer(request);
      const timer = setInterval(() => {
        const at = bytes.length - (left -= 1) - 1;
        socket.write(bytes.subarray(at, at + 1));
        if (left === 0) clearInterval(timer);
      }, REQUEST_TIMEOUT_MS / 3);
      let left = bytes.length;
    });
    const { connection } = await connected(bytewise);
    await expect(ask(connection)).resolves.toBe('an answer');
    await connection.disconnect();
  });

  it('gives up an answer that has stopped arriving', async () => {
    const { connection } = await connected((socket) => socket.on('data', (request) => socket.write(answer(request).subarray(0, 6))));
    await expect(ask(connection)).rejects.toThrow('timed out');
    expect(connection.isConnected()).toBe(false);
  });

  it('tells that its broker asks for a pause, sends nothing meanwhile, and ends at once: a stop took as long as the pause', async () => {
    const told: unknown[] = [];
    const hear = (message: unknown): void => void told.push(message);
    throttles.subscribe(hear);
    const { connection } = await connected(answering);
    await ask(connection, 60_000);
    const waiting = ask(connection);
    const refused = expect(waiting).rejects.toThrow('asked for a pause');
    await new Promise((resolve) => setTimeout(resolve, 2 * REQUEST_TIMEOUT_MS));
    await connection.disconnect();
    await refused;
    throttles.unsubscribe(hear);
    expect(told).toEqual([{ request: 'Metadata', pauseMs: 60_000 }]);
  });
});
