import { Fault, USER_AGENT } from '@nuncio/contracts';
import { allowInsecureRequests, clientCredentialsGrantRequest, customFetch, type CustomFetchOptions } from 'oauth4webapi';
import { clientAuthMethods, type OAuthClient } from './client-auth/index.js';

/** A request to a token endpoint, ready to be sent. It contains secrets, so it is neither logged nor kept. */
interface TokenHttpRequest {
  readonly url: string;
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/**
 * The access token request of the client credentials grant (RFC 6749 §4.4.2), made by `oauth4webapi`. Sending it and reading the answer are done
 * elsewhere: there the address is checked, and the answer is read more strictly. `now`: epoch milliseconds, the time of what is signed. Throws Fault
 * `internal` if no request can be made of the credential: an unknown `authMethod`, a header value that HTTP cannot carry.
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
        // Which addresses may be called, and by which scheme, is checked by the egress guard.
        [allowInsecureRequests]: true,
        [customFetch]: (url: string, { headers, body }: CustomFetchOptions<'POST', URLSearchParams>) => {
          // Without a charset: some servers answer that with 415, and RFC 6749 appendix B has none. With our own user agent instead of the library's.
          const ours = { 'content-type': 'application/x-www-form-urlencoded', 'accept-encoding': 'identity', 'user-agent': USER_AGENT };
          resolve({ url, method: 'POST', headers: { ...ours, ...namedByCredential(client, headers) }, body: Buffer.from(body.toString()) });
          return Promise.resolve(new Response());
        },
      },
    ).catch(() => {
      // Without a cause, which could quote a secret.
      reject(new Fault('internal', 'no token request can be made of this credential'));
    });
  });
}

/** The headers that the library adds, except those set here. A credential's own headers win. */
function namedByCredential({ headers: own }: OAuthClient, headers: Readonly<Record<string, string>>): Record<string, string> {
  const names = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OURS.has(name) || names.has(name)));
}

const OURS: ReadonlySet<string> = new Set(['content-type', 'accept-encoding', 'user-agent']);

/** `resource` may be repeated (RFC 8707 §2). */
function parameters({ scope, audience, resource, params }: OAuthClient): URLSearchParams {
  const form = new URLSearchParams({ ...params });
  for (const [name, value] of Object.entries({ scope, audience })) if (value) form.set(name, value);
  if (resource?.length) form.delete('resource');
  for (const one of [resource ?? []].flat()) if (one) form.append('resource', one);
  return form;
}
