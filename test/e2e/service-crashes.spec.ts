import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthorizationServer, Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const client = { clientId: 'shop', clientSecret: 'a secret of a shop', authMethod: 'client_secret_basic' } as const;
const BATCH = 50;
const SERVICES = ['config-service', 'token-service', 'attempt-log', 'gateway'] as const;

describe('kill -9 of', () => {
  let fleet: Awaited<ReturnType<typeof ownFleet>>;
  let server: AuthorizationServer;
  let tenants: ReadonlyMap<string, { readonly tenant: Tenant; readonly receiver: Receiver }>;
  beforeAll(async () => {
    fleet = await ownFleet('service-crashes', { restart: false });
    // Tokens with a short life, so that token-service is needed all the time.
    server = await AuthorizationServer.start({ clients: [client], tokenLifeSeconds: 2 });
    tenants = new Map(await Promise.all(SERVICES.map(async (service) => [service, await subscribed()] as const)));
    // One after another, each while the former group still waits for its dead member.
    for (const [service, { tenant }] of tenants) {
      await tenant.publish(events('before'));
      await fleet.services.kill(service);
      await tenant.publish(events('during'));
      await fleet.services.start(service);
      await tenant.publish(events('after'));
    }
  });
  afterAll(async () => {
    await Promise.all([...tenants.values()].map(({ receiver }) => receiver.close()));
    await server.down();
    await fleet.close();
  });

  async function subscribed(): Promise<{ tenant: Tenant; receiver: Receiver }> {
    const [tenant, receiver] = [await Tenant.create(fleet), await Receiver.start()];
    const credential = await tenant.credential(server, client);
    await tenant.subscribe(receiver, { profile: 'standard', authentication: { type: 'oauth2', credential } });
    return { tenant, receiver };
  }
  const events = (part: string) => Array.from({ length: BATCH }, (_, n) => ({ payload: `{"part":"${part}","n":${n}}` }));

  it.each(SERVICES)('%s loses nothing: every event arrives and its attempt is in the log', async (service) => {
    const { tenant, receiver } = tenants.get(service)!;
    await eventually(() => {
      expect(new Set(receiver.requests.filter(({ status }) => status === 204).map(({ body }) => body.toString())).size).toBe(3 * BATCH);
    });
    await eventually(async () => {
      const [deliveries, attempts] = [await tenant.deliveries(), await tenant.attempts()];
      expect(deliveries.filter(({ status }) => status === 'delivered').length).toBe(3 * BATCH);
      expect(attempts.reduce((sum, { requests }) => sum + requests, 0)).toBe(receiver.requests.length);
    });
  });

  it('the gateway loses no event that it has acknowledged', async () => {
    const { tenant, receiver } = await subscribed();
    const accepted: string[] = [];
    const stopping = new AbortController();
    const publishing = (async () => {
      for (let n = 0; !stopping.signal.aborted; n++) {
        const payload = `{"n":${n}}`;
        const headers = { 'ce-specversion': '1.0', 'ce-id': `${tenant.id}-${n}`, 'ce-source': '/blackbox', 'ce-type': tenant.eventType, 'ce-tenant': tenant.id };
        const answer = await fleet.api.call('POST', '/v1/events', payload, headers).catch(() => null);
        if (answer?.status === 202) accepted.push(payload);
      }
    })();
    await eventually(() => {
      expect(accepted.length).toBeGreaterThan(50);
    });
    await fleet.services.kill('gateway');
    stopping.abort();
    await publishing;
    await fleet.services.start('gateway');
    await eventually(() => {
      const received = new Set(receiver.requests.map(({ body }) => body.toString()));
      expect(accepted.filter((payload) => !received.has(payload)).length).toBe(0);
    });
    await receiver.close();
  });
});
