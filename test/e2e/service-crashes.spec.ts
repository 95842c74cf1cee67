import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthorizationServer, Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const client = { clientId: 'shop', clientSecret: 'a secret of a shop', authMethod: 'client_secret_basic' } as const;
const BATCH = 50;

describe('kill -9 of', () => {
  let fleet: Awaited<ReturnType<typeof ownFleet>>;
  let receiver: Receiver;
  let server: AuthorizationServer;
  beforeAll(async () => {
    fleet = await ownFleet('service-crashes', { restart: false });
    receiver = await Receiver.start();
    // Tokens that soon have to be fetched anew, so that token-service is needed all the time.
    server = await AuthorizationServer.start({ clients: [client], tokenLifeSeconds: 2 });
  }, 60_000);
  afterAll(async () => {
    await receiver.close();
    await server.down();
    await fleet.close();
  });

  it.each(['config-service', 'token-service', 'attempt-log', 'gateway'])('%s loses nothing: every event arrives and its attempt is in the log', async (service) => {
    const tenant = await Tenant.create(fleet);
    const credential = await tenant.credential(server, client);
    await tenant.subscribe(receiver, { profile: 'standard', authentication: { type: 'oauth2', credential } });

    const events = (part: string) => Array.from({ length: BATCH }, (_, n) => ({ payload: `{"part":"${part}","n":${n}}` }));
    await tenant.publish(events('before'));
    await fleet.services.kill(service);
    await tenant.publish(events('during'));
    await fleet.services.start(service);
    await tenant.publish(events('after'));

    await eventually(() => {
      expect(new Set(receiver.requests.filter(({ status }) => status === 204).map(({ body }) => body.toString())).size).toBe(3 * BATCH);
    }, 40_000);
    await eventually(async () => {
      const [deliveries, attempts] = [await tenant.deliveries(), await tenant.attempts()];
      expect(deliveries.filter(({ status }) => status === 'delivered').length).toBe(3 * BATCH);
      expect(attempts.reduce((sum, { requests }) => sum + requests, 0)).toBe(receiver.requests.length);
    }, 30_000);
  }, 90_000);

  it('the gateway forgets no event that it said it had accepted', async () => {
    const tenant = await Tenant.create(fleet);
    await tenant.subscribe(receiver, { profile: 'standard' });
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
  }, 60_000);
});
