import { once } from 'node:events';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';

const PROGRAM = `
  const { createServer } = require('node:net');
  const { parentPort, workerData } = require('node:worker_threads');
  createServer().listen({ ...workerData, backlog: 1 }, () => {
    parentPort.postMessage('up');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/**
 * Makes an address answer no SYN: a listener in a thread that never accepts, with a full backlog; Linux drops further connections. Returns the
 * function that ends it.
 */
export async function openBlackHole(host: string, port: number): Promise<() => Promise<unknown>> {
  const worker = new Worker(PROGRAM, { eval: true, workerData: { host, port } });
  await once(worker, 'message');
  const filling = [connect(port, host), connect(port, host)];
  await Promise.all(filling.map((socket) => once(socket, 'connect')));
  return () => {
    for (const socket of filling) socket.destroy();
    return worker.terminate();
  };
}
