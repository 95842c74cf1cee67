/**
 * `npm run bench:http2 -w @nuncio/egress`: requests of 700 B over TLS, in HTTP/1.1 and in HTTP/2, to a server in a thread of its own; to one endpoint
 * and to 100. Prints one line of JSON for each: requests a second, and microseconds of CPU that the sending thread spends on a request.
 */
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { Egress, EgressAllowSetting } from './dist/index.js';

const IN_FLIGHT = 100;
const [requests = 20_000] = process.argv.slice(2).map(Number);
const SERVER = `
  const { createSecureServer } = require('node:http2');
  const { parentPort, workerData } = require('node:worker_threads');
  const server = createSecureServer({ ...workerData, allowHTTP1: true }, (request, response) => request.resume().on('end', () => response.writeHead(204).end()));
  server.listen(0, '127.0.0.1', 1024, () => parentPort.postMessage(server.address().port));`;

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-keyout', key, '-out', cert, '-subj', '/CN=bench', '-addext', 'subjectAltName=DNS:*.customer.com'], { stdio: 'ignore' });
const certificate = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
rmSync(folder, { recursive: true });

const worker = new Worker(SERVER, { eval: true, workerData: certificate });
const port = await new Promise((resolve) => worker.once('message', resolve));
const body = Buffer.alloc(700, 'x');
const headers = { 'content-type': 'application/json', authorization: `Bearer ${'t'.repeat(200)}`, 'webhook-id': 'evt_1', 'webhook-signature': `v1,${'s'.repeat(44)}` };

for (let round = 0; round < 2; round++)
  for (const endpoints of [1, 100])
    for (const http2 of [false, true]) {
      const egress = new Egress({ allow: EgressAllowSetting.parse('127.0.0.0/8'), extraCa: [certificate.cert], resolve: async () => ['127.0.0.1'], http2 });
      await run(egress, endpoints, Math.max(2_000, 20 * endpoints));
      const [cpu, at] = [process.threadCpuUsage(), performance.now()];
      await run(egress, endpoints, requests);
      const { user, system } = process.threadCpuUsage(cpu);
      const seconds = (performance.now() - at) / 1_000;
      if (round > 0) console.log(JSON.stringify({ http: http2 ? '2' : '1.1', endpoints, requestsPerSecond: Math.round(requests / seconds), cpuMicros: Math.round((user + system) / requests) }));
      await egress.close();
    }
await worker.terminate();

async function run(egress, endpoints, count) {
  let next = 0;
  const one = async () => {
    for (let i = next++; i < count; i = next++) {
      const url = `https://x${i % endpoints}.customer.com:${port}/hook`;
      const answer = await egress.send({ url, method: 'POST', headers, body, timeoutMs: 30_000, maxResponseBytes: 16_384, onOversize: 'cut' });
      if (!answer.ok) throw new Error(answer.error.detail);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
}
