import { Fault } from '@nuncio/contracts';
import { allowInsecureRequests, clientCredentialsGrantRequest, customFetch, type CustomFetchOptions } from 'oauth4webapi';
import { clientAuthMethods, type OAuthClient } from './client-auth/index.js';

/** A request to a token endpoint, ready to be sent. It holds secrets: it is neither logged nor kept. */
export interface TokenHttpRequest {
  readonly url: string;
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/**
 * The access token request of the client credentials grant (RFC 6749 §4.4.2), as `oauth4webapi` makes it. Sending it and reading the answer are left to others,
 * so that the address is guarded and the answer is read more strictly than the library does. `now` in epoch milliseconds dates what is signed. Throws Fault `internal` where the credential makes no
 * request: an unknown `authMethod`, a header value that HTTP cannot carry.
 */
export function tokenRequest(client: OAuthClient, now: number): Promise<TokenHttpRequest> {
  const method = clientAuthMethods.get(client.authMethod);
  if (!method) return Promise.reject(new Fault('internal', `there is no client authentication method "${client.authMethod}"`));
  return new Promise((resolve, reject) => {
    clientCredentialsGrantRequest(
      { issuer: client.tokenUrl, token_endpoint: client.tokenUrl },
      { client_id: client.clientId.reveal() },
      method.authenticate(client, now),
      parameters(client),
      {
        headers: Object.fromEntries(Object.entries(client.headers).map(([name, value]) => [name, value.reveal()])),
        // Which addresses may be called, and over what, is for the guard below every outbound call to say.
        [allowInsecureRequests]: true,
        [customFetch]: (url: string, { headers, body }: CustomFetchOptions<'POST', URLSearchParams>) => {
          resolve({ url, method: 'POST', headers, body: Buffer.from(body.toString()) });
          return Promise.resolve(new Response());
        },
      },
    ).catch(() => {
      // Without its cause, which may quote a secret.
      reject(new Fault('internal', 'no token request can be made of this credential'));
    });
  });
}

function parameters({ scope, audience, resource, params }: OAuthClient): Record<string, string> {
  const optional = Object.entries({ scope, audience, resource }).filter((entry): entry is [string, string] => !!entry[1]);
  return { ...params, ...Object.fromEntries(optional) };
}
