import type { ClientAuthMethod } from './client-auth.js';

/** RFC 6749 §2.3.1: id and secret are in the form; there is no `Authorization`. */
export const clientSecretPost: ClientAuthMethod = {
  name: 'client_secret_post',
  usesClientSecret: true,
  usesClientKey: false,
  usesClientCertificate: false,
  authenticate:
    ({ clientId, clientSecret }) =>
    (_server, _client, body) => {
      body.set('client_id', clientId.reveal());
      body.set('client_secret', clientSecret?.reveal() ?? '');
    },
};
