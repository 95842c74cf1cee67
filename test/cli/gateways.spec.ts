import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api, Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { type OwnFleet, ownFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';
import { Balancer } from './balancer.js';
import { Nuncio } from './nuncio.js';

describe('nuncio listen, with two gateways behind one address', () => {
  let fleet: OwnFleet;
  let dir: string;
  let balancer: Balancer;
  let laptop: Receiver;

  beforeAll(async () => {
    fleet = await ownFleet('gateways', { names: ['config-service', 'dispatcher', 'attempt-log', 'gateway'], restart: false });
    dir = await mkdtemp(join(tmpdir(), 'nuncio-gateways-'));
    const second = await fleet.services.add('gateway');
    balancer = await Balancer.start(fleet.services.url, `http://127.0.0.1:${fleet.services.services[second]?.port ?? 0}`);
    laptop = await Receiver.start();
  });
  afterAll(async () => {
    await Promise.all([laptop.close(), balancer.close()]);
    await fleet.close();
    await rm(dir, { recursive: true });
  });

  it('gets every delivery through whichever gateway it comes to, and makes another listener when its gateway dies', async () => {
    // Through the balancer, since the gateway of `fleet.api` may be the one that dies.
    const api = new Api(balancer.url, fleet.api.key);
    const tenant = await Tenant.create({ ...fleet, api });
    const nuncio = new Nuncio(dir, { NUNCIO_URL: balancer.url, NUNCIO_API_KEY: api.key });
    const { child, said } = nuncio.start(['listen', '--tenant', tenant.id, '--forward', laptop.url, '--json']);
    const ended = once(child, 'close');
    const state = async (): Promise<string | undefined> => (await api.all<{ state: string }>('/v1/subscriptions', { tenant: tenant.id }))[0]?.state;
    const bodies = (): string[] => laptop.requests.map(({ body }) => body.toString());
    try {
      await eventually(async () => {
        expect({ state: await state(), err: said.err }).toEqual({ state: 'activated', err: '' });
      });
      const { url } = JSON.parse(said.out.split('\n')[0] ?? '') as { url: string };
      expect(url.startsWith(balancer.url)).toBe(true);
      await tenant.inForce();
      const payloads = Array.from({ length: 6 }, (_, n) => `{ "n": ${n} }`);
      await tenant.publish(payloads.map((payload) => ({ payload })));
      await eventually(async () => {
        expect(bodies()).toEqual(expect.arrayContaining(payloads));
        expect((await tenant.attempts()).map(({ outcome, response, error }) => ({ outcome, status: response?.status, body: response?.body, error }))).toEqual(payloads.map(() => ({ outcome: 'delivered', status: 204, body: '', error: null })));
      });

      // The name of a listener says which gateway has it.
      const [, place = ''] = /\/listeners\/[^./]+\.([^./]+)/.exec(url) ?? [];
      const [dying] = Object.entries(fleet.services.services).find(([, { port }]) => Buffer.from(place, 'base64url').toString().endsWith(`:${port}`)) ?? [''];
      expect(dying).toMatch(/^gateway/);
      const made = (): number => balancer.requests.filter((call) => call === 'POST /v1/listeners').length;
      expect(made()).toBe(1);
      await fleet.services.kill(dying);
      await eventually(() => {
        expect(made()).toBeGreaterThanOrEqual(2);
      });
      await tenant.publish([{ payload: '{ "after": true }' }]);
      await eventually(() => {
        expect(bodies()).toContain('{ "after": true }');
      });
    } finally {
      child.kill('SIGINT');
      await ended;
    }
    expect(child.exitCode).toBe(0);
    expect(await state()).toBeUndefined();
  });
});
