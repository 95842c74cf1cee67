import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { httpAdapter } from './bootstrap.js';

/** More than sockets take while nobody reads. */
const MANY_BYTES = 64_000_000;

it('closes the connection of a reader that takes nothing of an answer, and with it what the answer is made of', async () => {
  const fastify = httpAdapter(undefined, 200).getInstance();
  let made: Readable | undefined;
  fastify.get('/', (_, reply) => {
    made = Readable.from((function* () { for (let sent = 0; sent < MANY_BYTES; sent += 64_000) yield Buffer.alloc(64_000); })(), { objectMode: false });
    return reply.send(made);
  });
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  const { port } = fastify.server.address() as AddressInfo;
  const [connected] = (await Promise.all([once(fastify.server, 'connection'), new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => { resolve(undefined); }).on('error', () => undefined);
    socket.pause().write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  })])) as [[import('node:net').Socket], unknown];
  await once(connected[0], 'close');
  expect(made?.destroyed).toBe(true);
  await fastify.close();
});
