import { clientAuthMethods, metadataUrls, parseClientCertificate, readTokenEndpoint, readTokenResponse, tokenRequest, type OAuthClient, type RefusedToken, type TokenEndpoint, type TokenResponse } from '@nuncio/auth';
import { Fault, isFault, USER_AGENT, type Credential, type TokenError } from '@nuncio/contracts';
import type { Answer, Egress, OutboundRequest, TlsIdentity } from '@nuncio/egress';
import { open, secretsIn, withoutSecrets, type KeyRing, type Secret } from '@nuncio/sealing';

const MAX_RESPONSE_BYTES = 65_536;

/** Fetches tokens from authorization servers by the client credentials grant (RFC 6749 §4.4). */
export class ClientCredentials {
  readonly #endpoints = new Map<string, TokenEndpoint>();

  constructor(
    private readonly egress: Pick<Egress, 'send'>,
    private readonly ring: KeyRing,
    private readonly budgetMs: number,
  ) {}

  /**
   * Sends one token request; before it, fetches the issuer's metadata if the credential has no token URL. All of it stays within the budget. Never
   * throws: every failure is a value.
   */
  async fetch(credential: Credential): Promise<TokenResponse> {
    const deadline = performance.now() + this.budgetMs;
    const showsCertificate = clientAuthMethods.get(credential.authMethod)?.usesClientCertificate ?? false;
    try {
      const { tokenUrl, issuer } = credential;
      const endpoint = tokenUrl === null ? await this.#discover(credential, showsCertificate, deadline) : { url: tokenUrl, issuer };
      if ('ok' in endpoint) return endpoint;
      const client = openClient(this.ring, credential, endpoint);
      const request = await tokenRequest(client, Date.now());
      const answer = await this.#send(showsCertificate ? { ...request, identity: identityOf(this.ring, credential) } : request, credential.tenant, deadline);
      const response = answer.ok ? readTokenResponse(answer, { assumeBearer: credential.assumeBearer, now: Date.now(), hide: hiding(client, request.body) }) : failureOf(answer);
      // An issuer may move its token endpoint, so a failure makes the next request look it up again.
      if (!response.ok) this.#endpoints.delete(keyOf(credential.issuer ?? '', showsCertificate));
      return response;
    } catch (error) {
      // The key ring does not open the credential, or no request can be made of it: an error of ours, not the server's.
      if (isFault(error)) return refused('internal');
      throw error;
    }
  }

  /** The token endpoint of an issuer. Remembered after its first use. */
  async #discover({ issuer: named, tenant }: Credential, showsCertificate: boolean, deadline: number): Promise<TokenEndpoint | RefusedToken> {
    const issuer = named ?? '';
    const key = keyOf(issuer, showsCertificate);
    const known = this.#endpoints.get(key);
    if (known) return known;
    const urls = metadataUrls(issuer);
    let failure: RefusedToken | null = null;
    for (const [n, url] of urls.entries()) {
      const now = performance.now();
      const request = { url, method: 'GET' as const, headers: DISCOVERY_HEADERS, body: null };
      // Leaves time for the next address if this one does not answer.
      const answer = await this.#send(request, tenant, now + (deadline - now) / (urls.length - n));
      const endpoint = answer.ok ? readTokenEndpoint(issuer, answer, showsCertificate) : null;
      if (endpoint !== null) {
        this.#endpoints.set(key, endpoint);
        return endpoint;
      }
      // If both failed, a 404 says less than any other failure.
      if (failure === null || failure.tokenError.httpStatus === 404) failure = answer.ok ? refusalOf(answer) : failureOf(answer);
    }
    return failure ?? refused('invalid_response');
  }

  #send(request: Pick<OutboundRequest, 'url' | 'method' | 'headers' | 'body' | 'identity'>, tenant: string, deadline: number): Promise<Answer> {
    const timeoutMs = Math.max(1, Math.ceil(deadline - performance.now()));
    return this.egress.send({ ...request, tenant, timeoutMs, maxResponseBytes: MAX_RESPONSE_BYTES, onOversize: 'fail' });
  }
}

const DISCOVERY_HEADERS = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': USER_AGENT };

/** Removes every secret that was sent to a server from the text of its answer. */
function hiding({ clientId, clientSecret, headers }: OAuthClient, body: Buffer): (text: string) => string | null {
  const assertion = new URLSearchParams(body.toString()).get('client_assertion');
  const sent = Object.values(headers).flatMap((header) => [header.reveal(), ...secretsIn(header.reveal())]);
  const secrets = [clientId.reveal(), clientSecret?.reveal(), assertion, ...sent].filter((secret) => typeof secret === 'string');
  return (text) => withoutSecrets(text, secrets);
}

const keyOf = (issuer: string, showsCertificate: boolean): string => `${showsCertificate ? 'certificate' : 'plain'} ${issuer}`;

/** Throws Fault `corrupt` if the ring does not open it. */
function openClient(ring: KeyRing, credential: Credential, { url, issuer }: { readonly url: string; readonly issuer: string | null }): OAuthClient {
  const { id, tenant, clientId, clientSecret, clientKey, headers } = credential;
  const opened = (sealed: string, field: string): Secret => open(ring, sealed, { tenant, kind: 'credential', id, field });
  return {
    ...credential,
    tokenUrl: url,
    issuer,
    clientId: opened(clientId, 'clientId'),
    clientSecret: clientSecret === null ? null : opened(clientSecret, 'clientSecret'),
    clientKey: clientKey === null ? null : opened(clientKey.privateJwk, 'clientKey'),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, opened(value, `headers.${name}`)])),
  };
}

/** Throws Fault `internal` if there is no certificate, `corrupt` if the ring does not open it. */
function identityOf(ring: KeyRing, { id, tenant, clientCertificate }: Credential): TlsIdentity {
  if (!clientCertificate) throw new Fault('internal', 'the credential has no certificate');
  const opened = open(ring, clientCertificate.sealed, { tenant, kind: 'credential', id, field: 'clientCertificate' });
  return { id: clientCertificate.sha256, ...parseClientCertificate(opened) };
}

const refused = (errorClass: TokenError['class'], httpStatus: number | null = null, description?: string): RefusedToken => ({
  ok: false,
  tokenError: { class: errorClass, httpStatus, code: null, ...(description !== undefined && { description }) },
  retryAfterMs: null,
});

/** An answer without usable metadata counts like one without a token, and has the same pause. */
function refusalOf(answer: Extract<Answer, { ok: true }>): RefusedToken {
  const response = readTokenResponse(answer, { assumeBearer: false, now: Date.now() });
  return response.ok || answer.status === 200 ? refused('invalid_response', answer.status, 'the answer is not metadata of this issuer (RFC 8414 §3.3)') : response;
}

/** A failure of the egress proxy is ours, not the authorization server's, and no tenant is shown its details. The class `token` does not occur here. */
function failureOf({ error }: Extract<Answer, { ok: false }>): RefusedToken {
  if (error.class === 'proxy' || error.class === 'token' || error.class === 'internal') return refused('internal');
  return refused(error.class, null, error.detail);
}
