import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Certificate } from './certificate.js';

const PROGRAM = `
  const { createServer } = require('node:https');
  const { parentPort, workerData } = require('node:worker_threads');
  const server = createServer(workerData, (request, response) => request.resume().on('end', () => response.end('ok')));
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', () => {
    // What a handshake costs beside the signature, for a certificate of the usual size and a machine that has more to do.
    for (const until = performance.now() + workerData.handshakeMs; performance.now() < until; );
  });
  server.listen(0, '127.0.0.1', 4096, () => parentPort.postMessage(server.address().port));`;

/** A TLS server with one thread that uses this many milliseconds of CPU for each handshake. */
export async function startSlowTlsServer(certificate: Certificate, handshakeMs: number): Promise<{ port: number; close(): Promise<unknown> }> {
  const worker = new Worker(PROGRAM, { eval: true, workerData: { ...certificate, handshakeMs } });
  const [port] = (await once(worker, 'message')) as [number];
  return { port, close: () => worker.terminate() };
}
