import { describe, expect, it } from '@jest/globals';
import { AuthorizationServer, Receiver } from '@nuncio/fixtures';
import { eventually } from '../fleet/eventually.js';
import { ownFleet } from '../fleet/fleet.js';
import { Tenant } from '../fleet/tenant.js';

const HOUR_MS = 3_600_000;
const client = { clientId: 'clocks', clientSecret: 'a secret of the clocks', authMethod: 'client_secret_basic' } as const;

/** A module that moves the wall clock of its process. */
const clockMovedBy = (ms: number): string =>
  `const Real = Date; globalThis.Date = class Date extends Real { constructor(...a) { if (a.length) super(...a); else super(Real.now() + ${ms}); } static now() { return Real.now() + ${ms}; } };`;

describe('A dispatcher whose clock is an hour', () => {
  it.each([
    ['behind', -HOUR_MS],
    ['ahead', HOUR_MS],
  ])('%s sends samples and events with tokens: nobody answered its requests for them, and it took each sample for too late', async (_, ms) => {
    const fleet = await ownFleet('clocks', { envOf: { dispatcher: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(clockMovedBy(ms))}` } } });
    const [server, receiver] = [await AuthorizationServer.start({ clients: [client] }), await Receiver.start()];
    const tenant = await Tenant.create(fleet);
    const credential = await tenant.credential(server, client);
    // A sample has to succeed before the subscription is active.
    await tenant.subscribe(receiver, { authentication: { type: 'oauth2', credential } });
    await tenant.publish([{ payload: '{}' }]);
    await eventually(() => {
      expect(receiver.requests).toHaveLength(1);
    });
    const [request] = receiver.requests;
    expect(request?.headers.authorization).toMatch(/^Bearer /);
    const skewMs = Number(request?.headers['webhook-timestamp']) * 1_000 - (request?.at ?? 0);
    expect(Math.round(skewMs / HOUR_MS)).toBe(Math.sign(ms));
    await Promise.all([fleet.close(), receiver.close(), server.down()]);
  });
});
