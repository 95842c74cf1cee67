import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { certificate } from '../fleet/certificate.js';
import { eventually } from '../fleet/eventually.js';
import { ownFleet, type OwnFleet } from '../fleet/fleet.js';
import { NameServer } from '../fleet/name-server.js';
import { Tenant } from '../fleet/tenant.js';

const HOST = 'hooks.customer.com';
const EVENTS = 5;

let fleet: OwnFleet;
let names: NameServer;
let server: Server;
let dir: string;
const requests: string[] = [];

beforeAll(async () => {
  const { key, cert } = certificate(`DNS:${HOST}`);
  dir = await mkdtemp(join(tmpdir(), 'nuncio-resolver-'));
  await writeFile(join(dir, 'ca.pem'), cert);
  names = await NameServer.start();
  fleet = await ownFleet('resolver-away', { env: { EGRESS_DNS_SERVERS: names.address, EGRESS_CA_FILE: join(dir, 'ca.pem') } });
  server = createServer({ key, cert }, (request, response) => {
    void text(request).then((body) => {
      requests.push(body);
      // No connection is reused, so that each delivery resolves the host.
      response.writeHead(204, { connection: 'close' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  names.down();
  server.closeAllConnections();
  server.close();
  await fleet.close();
  await rm(dir, { recursive: true });
});

it('holds deliveries as for an internal failure while the DNS servers are away, spends no attempt, and sends them afterwards: endpoints were blocked for it', async () => {
  const tenant = await Tenant.create(fleet);
  const url = `https://${HOST}:${(server.address() as AddressInfo).port}/hooks`;
  // Without retries, a single failed attempt would block the subscription.
  const { callback, subscription } = await tenant.subscribe({ url, requests }, { retry: { delaysSeconds: [] } });

  names.down();
  await tenant.publish(Array.from({ length: EVENTS }, (_, n) => ({ payload: `{"n":${n}}` })));
  interface Held {
    readonly id: string;
    readonly status: string;
    readonly hold: { readonly for: string } | null;
  }
  const deliveries = (): Promise<Held[]> => fleet.api.all<Held>('/v1/deliveries', { tenant: tenant.id });
  await eventually(async () => {
    expect((await deliveries()).map(({ status, hold }) => [status, hold?.for])).toEqual(Array(EVENTS).fill(['held', 'ours']));
  });
  expect(await tenant.attempts()).toEqual([]);
  expect(await fleet.api.get(`/v1/subscriptions/${subscription}`)).toMatchObject({ state: 'activated' });
  expect(await fleet.api.get(`/v1/callbacks/${callback}`)).toMatchObject({ enabled: true });
  for (const [name, { port }] of Object.entries(fleet.services.services)) expect([name, (await fetch(`http://127.0.0.1:${port}/health/ready`)).status]).toEqual([name, 200]);
  const metrics = await (await fetch(`http://127.0.0.1:${fleet.services.services.dispatcher?.port ?? 0}/metrics`)).text();
  expect(metrics).toMatch(/^nuncio_own_failures_total\{of="internal"\} [1-9]/m);

  await names.up();
  await eventually(async () => {
    expect((await deliveries()).map(({ status }) => status)).toEqual(Array(EVENTS).fill('delivered'));
  });
  expect(requests.toSorted()).toEqual(Array.from({ length: EVENTS }, (_, n) => `{"n":${n}}`));
  expect((await tenant.attempts()).map(({ number }) => number)).toEqual(Array(EVENTS).fill(1));
});
