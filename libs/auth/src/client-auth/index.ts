import type { ClientAuthMethod } from './client-auth.js';
import { clientSecretBasic } from './client-secret-basic.js';
import { clientSecretPost } from './client-secret-post.js';
import { privateKeyJwt } from './private-key-jwt.js';
import { tlsClientAuth } from './tls-client-auth.js';

/** Every way of authenticating to a token endpoint, by its name in `authMethod`; the first is the default. A new one needs a file and a line here. */
export const clientAuthMethods: ReadonlyMap<string, ClientAuthMethod> = new Map(
  [clientSecretBasic, clientSecretPost, privateKeyJwt, tlsClientAuth].map((method) => [method.name, method]),
);

export { makeClientKey } from './private-key-jwt.js';
export type { ClientAuthMethod, OAuthClient } from './client-auth.js';
