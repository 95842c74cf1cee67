import { expect, it } from '@jest/globals';
import type { ConfigView } from '@nuncio/kafka';
import { JwksController } from './jwks.controller.js';

it("publishes only the public half of a client's key, and nothing else of any credential", () => {
  const publicJwk = (kid: string) => ({ kty: 'OKP', crv: 'Ed25519', x: 'eA', kid, alg: 'EdDSA', use: 'sig' });
  const credentials = new Map(['acme', 'globex'].map((id) => [id, { state: { clientId: 's1.y', clientKey: { privateJwk: 's1.x', publicJwk: publicJwk(id) } } }]));
  const view = { get: (_kind: string, id: string) => (id === 'keyless' ? { state: { clientKey: null } } : credentials.get(id)) } as unknown as ConfigView;
  const jwks = new JwksController(view);
  expect(jwks.get('acme')).toEqual({ keys: [publicJwk('acme')] });
  const refusals = ['keyless', 'nobody'].map((id) => {
    try {
      return jwks.get(id);
    } catch (error) {
      return error;
    }
  });
  expect(refusals[0]).toEqual(refusals[1]);
  expect(refusals[0]).toMatchObject({ code: 'not-found' });
});
