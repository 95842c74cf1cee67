import { expect, it } from '@jest/globals';
import type { ConfigView } from '@nuncio/kafka';
import { JwksController } from './jwks.controller.js';

it('publishes the public half of every client key, and nothing else of a credential', () => {
  const publicJwk = { kty: 'OKP', crv: 'Ed25519', x: 'eA', kid: 'k1', alg: 'EdDSA', use: 'sig' };
  const credentials = [{ clientKey: null }, { clientKey: { privateJwk: 's1.x', publicJwk } }].map((state) => ({ state: { ...state, clientId: 's1.y' } }));
  const view = { all: () => credentials } as unknown as ConfigView;
  expect(new JwksController(view).get()).toEqual({ keys: [publicJwk] });
});
