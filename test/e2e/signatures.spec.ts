import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthorizationServer, personaFault, Receiver, webhookieFault, type Received } from '@nuncio/fixtures';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const client = { clientId: 'ledger', clientSecret: 'a secret of a ledger', authMethod: 'client_secret_post' } as const;
const payload = '{ "b": 1.0, "a": 12345678901234567890, "name": "Zoë" }';

describe('a real delivery', () => {
  const fleet = sharedFleet();
  let receiver: Receiver;
  let server: AuthorizationServer;
  beforeAll(async () => {
    receiver = await Receiver.start();
    server = await AuthorizationServer.start({ clients: [client] });
  });
  afterAll(() => Promise.all([receiver.close(), server.down(), fleet.cluster.close()]));

  const delivered = async (tenant: Tenant): Promise<Received> => {
    await tenant.publish([{ payload }]);
    return eventually(() => {
      const [request] = receiver.requests;
      if (!request) throw new Error('nothing came');
      return request;
    });
  };

  /** The headers as the log shows them, by lower-case name. */
  const logged = (tenant: Tenant) =>
    eventually(async () => {
      const [attempt] = await tenant.attempts();
      if (!attempt?.request) throw new Error('no attempt in the log');
      return Object.fromEntries(Object.entries(attempt.request.headers).map(([name, value]) => [name.toLowerCase(), value]));
    });

  it('is verified by the packages standardwebhooks and svix, with a secret that Nuncio made', async () => {
    const tenant = await Tenant.create(fleet);
    const { secret } = await tenant.subscribe(receiver, { profile: 'standard' });
    const { body, headers } = await delivered(tenant);
    expect(secret).toMatch(/^whsec_/);
    // Each throws if the signature is invalid.
    new StandardWebhook(secret).verify(body.toString(), { ...headers });
    new SvixWebhook(secret).verify(body.toString(), { ...headers });
    expect(body.toString()).toBe(payload);
    expect(() => {
      new SvixWebhook(secret).verify(body.toString().replace('1.0', '1'), { ...headers });
    }).toThrow('No matching signature');
  });

  it('of the persona profile has a signature and a bearer token; the log shows that there was one, but not which', async () => {
    const tenant = await Tenant.create(fleet);
    const credential = await tenant.credential(server, client);
    const { secret } = await tenant.subscribe(receiver, { profile: 'persona', authentication: { type: 'oauth2', credential } });
    const request = await delivered(tenant);
    expect(personaFault(request, secret)).toBeNull();
    expect(server.ownerOf(request.headers.authorization?.slice('Bearer '.length) ?? '')).toBe('ledger');
    const headers = await logged(tenant);
    expect(headers.authorization).toBe('<redacted>');
    expect(JSON.stringify(await tenant.attempts())).not.toContain(request.headers.authorization?.slice('Bearer '.length));
  });

  it('of the webhookie profile is signed in Authorization, which the log does not show either', async () => {
    const tenant = await Tenant.create(fleet);
    const { secret } = await tenant.subscribe(receiver, { profile: 'webhookie', signing: { keyId: 'k:1@x' } });
    const request = await delivered(tenant);
    expect(webhookieFault(request, { url: receiver.url, keyId: 'k:1@x', secret })).toBeNull();
    expect((await logged(tenant)).authorization).toBe('<redacted>');
  });

  it('whose receiver echoes the token leaves no trace of it in the log', async () => {
    const tenant = await Tenant.create(fleet);
    const credential = await tenant.credential(server, client);
    await tenant.subscribe(receiver, { profile: 'standard', authentication: { type: 'oauth2', credential } });
    receiver.answer(({ headers }) => ({ status: 200, headers: { 'x-echo': headers.authorization ?? '' }, body: `you sent ${headers.authorization ?? ''}` }));
    const { headers } = await delivered(tenant);
    await logged(tenant);
    expect(JSON.stringify(await tenant.attempts())).not.toContain(headers.authorization?.slice('Bearer '.length));
  });
});
