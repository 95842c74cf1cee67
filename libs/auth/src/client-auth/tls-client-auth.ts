import type { ClientAuthMethod } from './client-auth.js';

/** RFC 8705 §2.1: the client presents its certificate in the TLS handshake; the form has the client id. */
export const tlsClientAuth: ClientAuthMethod = {
  name: 'tls_client_auth',
  usesClientSecret: false,
  usesClientKey: false,
  usesClientCertificate: true,
  authenticate:
    ({ clientId }) =>
    (_server, _client, body) => {
      body.set('client_id', clientId.reveal());
    },
};
