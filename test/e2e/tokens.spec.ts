import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { always, AuthorizationServer, Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { sharedFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const client = { clientId: 'shop', clientSecret: 'a secret + % & : of a shop', authMethod: 'client_secret_basic' } as const;

describe('tokens', () => {
  const fleet = sharedFleet();
  let server: AuthorizationServer;
  let receiver: Receiver;
  let tenant: Tenant;
  beforeEach(async () => {
    server = await AuthorizationServer.start({ clients: [client] });
    receiver = await Receiver.start();
    tenant = await Tenant.create(fleet);
  });
  afterEach(() => Promise.all([server.down(), receiver.close()]));
  afterAll(() => fleet.cluster.close());

  const subscribed = async (settings: object) => {
    const credential = await tenant.credential(server, client);
    return { credential, ...(await tenant.subscribe(receiver, { authentication: { type: 'oauth2', credential }, ...settings })) };
  };

  /** Changes the credential, so that former tokens are never used again. */
  const emptyTokenCache = async (credential: string) => {
    await fleet.api.patch(`/v1/credentials/${credential}`, { scope: 'webhooks:write' });
    await tenant.inForce();
    server.requests.length = 0;
  };

  it('are asked for once by 500 concurrent deliveries of one credential', async () => {
    const { credential } = await subscribed({ profile: 'persona', limits: { concurrency: 256 } });
    await emptyTokenCache(credential);
    await tenant.publish(Array.from({ length: 500 }, (_, n) => ({ payload: `{"n":${n}}` })));
    await eventually(() => {
      expect(receiver.requests.length).toBe(500);
    });
    expect(receiver.requests.filter(({ headers }) => !server.accepts(headers.authorization)).length).toBe(0);
    expect(server.requests).toMatchObject([{ client: 'shop', status: 200 }]);
  });

  it('that cannot be had make a failed attempt, and the endpoint is never called', async () => {
    const { credential } = await subscribed({ profile: 'persona' });
    await server.down();
    await emptyTokenCache(credential);
    await tenant.publish([{ payload: '{}' }]);
    const [attempt] = await eventually(async () => {
      const attempts = await tenant.attempts();
      expect(attempts).not.toHaveLength(0);
      return attempts.toReversed();
    });
    expect(attempt).toMatchObject({
      number: 1,
      outcome: 'failed',
      requests: 0,
      request: null,
      response: null,
      error: { class: 'token' },
      tokenError: { class: 'connect', httpStatus: null, code: null },
      next: { step: 'later' },
    });
    expect(receiver.requests).toEqual([]);
  });

  it('that an endpoint refuses are fetched anew once, and the delivery arrives within the same attempt', async () => {
    await subscribed({ profile: 'standard' });
    expect(server.requests).toHaveLength(1);
    let refused: string | undefined;
    receiver.answer(({ headers }) => ({ status: (refused ??= headers.authorization) === headers.authorization ? 401 : 204 }));
    await tenant.publish(Array.from({ length: 20 }, (_, n) => ({ payload: `{"n":${n}}` })));
    const attempts = await eventually(async () => {
      const all = await tenant.attempts();
      expect(all).toHaveLength(20);
      return all;
    });
    expect(attempts.filter(({ outcome, number }) => outcome === 'delivered' && number === 1)).toHaveLength(20);
    expect(attempts.reduce((sum, { requests }) => sum + requests, 0)).toBe(receiver.requests.length);
    expect(receiver.requests.filter(({ status }) => status === 401).length).toBeGreaterThan(0);
    expect(server.requests).toMatchObject([{ status: 200 }, { status: 200 }]);
  });

  it('refused again and again are an ordinary failure: one refetch, two requests, then the schedule', async () => {
    await subscribed({ profile: 'standard' });
    receiver.answer(always({ status: 401 }));
    await tenant.publish([{ payload: '{}' }]);
    const [attempt] = await eventually(async () => {
      const all = await tenant.attempts();
      expect(all).not.toHaveLength(0);
      return all.toReversed();
    });
    expect(attempt).toMatchObject({ outcome: 'failed', requests: 2, error: { class: 'http' }, tokenError: null, response: { status: 401 }, next: { step: 'later' } });
    expect(server.requests).toHaveLength(2);
  });
});
