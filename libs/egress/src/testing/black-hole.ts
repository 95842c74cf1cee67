import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';

const PROGRAM = `
  const { createServer } = require('node:net');
  const { parentPort, workerData } = require('node:worker_threads');
  const answer = (socket) => socket.on('error', () => undefined).on('data', () => socket.end('HTTP/1.1 204 No Content\\r\\n\\r\\n'));
  createServer(answer).listen({ host: workerData.host, port: workerData.port, backlog: 1 }, () => {
    parentPort.postMessage('up');
    Atomics.wait(workerData.woken, 0, 0);
  });`;

/**
 * Makes an address answer no SYN: a listener in a thread that never accepts, with a full backlog; Linux drops further connections. Returns the
 * function that ends it.
 */
export const openBlackHole = async (host: string, port: number): Promise<() => Promise<unknown>> => (await openLateServer(host, port)).close;

/** A black hole that accepts connections, and answers with 204, once it is woken. */
export async function openLateServer(host: string, port: number): Promise<{ readonly wake: () => void; readonly close: () => Promise<unknown> }> {
  const woken = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(PROGRAM, { eval: true, workerData: { host, port, woken } });
  await once(worker, 'message');
  const filling = [connect(port, host), connect(port, host)];
  await Promise.all(filling.map((socket) => once(socket, 'connect')));
  return {
    wake: () => {
      Atomics.store(woken, 0, 1);
      Atomics.notify(woken, 0);
    },
    close: () => {
      for (const socket of filling) socket.destroy();
      return worker.terminate();
    },
  };
}
