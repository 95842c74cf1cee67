import type { ClientAuthMethod } from './client-auth.js';

/**
 * RFC 6749 §2.3.1: id and secret are form-encoded, joined, and base64-encoded. `basicEncoding: raw` leaves out the form encoding, for servers that do
 * not decode it.
 */
export const clientSecretBasic: ClientAuthMethod = {
  name: 'client_secret_basic',
  usesClientSecret: true,
  usesClientKey: false,
  usesClientCertificate: false,
  authenticate:
    ({ clientId, clientSecret, basicEncoding }) =>
    (_server, _client, _body, headers) => {
      const [id, secret] = [clientId.reveal(), clientSecret?.reveal() ?? ''].map(basicEncoding === 'raw' ? String : formEncode);
      headers.set('authorization', `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`);
    },
};

/** `application/x-www-form-urlencoded` of one value (RFC 6749 appendix B). */
const formEncode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
