import type { Api, Json } from '../api.js';
import type { Finding } from './finding.js';
import { textOf } from '../output.js';
import { EXIT, Refusal } from '../refusal.js';

export interface ServerOptions {
  readonly issuer?: string;
  readonly tokenUrl?: string;
  readonly clientId?: string;
  readonly clientSecretEnv: string;
  readonly scope?: string;
  readonly endpoint?: string;
}

const ANSWER_WITHIN_MS = 10_000;
const CLOCK_TOLERANCE_SECONDS = 30;

/** Checks a credential by a token request that the installation makes. */
export async function diagnoseCredential(api: Api, id: string, tenant?: string): Promise<Finding[]> {
  const tested = await api.call<Json & { ok: boolean; error?: string | null; advice?: string | null }>('POST /v1/credentials/{id}/test', { path: { id }, query: { tenant } });
  const health = await api.call<Json & { state: string; expiresAt: string | null; lastFailure: { advice?: string | null } | null }>('GET /v1/credentials/{id}/health', { path: { id }, query: { tenant } });
  const why = [tested.error, tested.advice ?? health.lastFailure?.advice].filter(Boolean).join(' ');
  return [
    { what: 'token', ok: tested.ok, detail: tested.ok ? 'the authorization server gives a token' : why || JSON.stringify(tested.tokenError ?? tested) },
    { what: 'lately', ok: health.state !== 'failing' || tested.ok, detail: `${health.state}${health.expiresAt === null ? '' : `, the present token ends at ${health.expiresAt}`}` },
  ];
}

/**
 * Checks an authorization server from this machine: its metadata, the methods it accepts, the claims of its token, and whether an endpoint accepts
 * that token.
 */
export async function diagnoseServer({ issuer, tokenUrl, clientId, clientSecretEnv, scope, endpoint }: ServerOptions): Promise<Finding[]> {
  if ((issuer === undefined) === (tokenUrl === undefined)) throw new Refusal('Name a credential, or give --issuer or --token-url.', EXIT.usage);
  const secret = process.env[clientSecretEnv];
  if (clientId === undefined || !secret) throw new Refusal(`To ask a server, give --client-id, and put the secret into the environment variable ${clientSecretEnv}.`, EXIT.usage);
  const findings: Finding[] = [];
  const address = tokenUrl ?? (await discover(issuer ?? '', findings));
  if (address === undefined) return findings;

  let token: string | undefined;
  for (const [method, request] of Object.entries(methodsOf(clientId, secret))) {
    const found = await askToken(address, request, scope);
    findings.push({ what: method, ok: found.token !== undefined, detail: found.detail });
    token ??= found.token;
  }
  if (token === undefined) return findings;
  // One working method is enough; the others are shown, but are no fault.
  const working = findings.map((finding) => (finding.what in methodsOf('', '') && finding.ok === false ? { ...finding, ok: true, detail: `not accepted (${finding.detail})` } : finding));
  return [...working, claims(token), ...(endpoint === undefined ? [] : [await callEndpoint(endpoint, token)])];
}

/** RFC 8414 §3.1, then OpenID Connect Discovery §4. */
async function discover(issuer: string, findings: Finding[]): Promise<string | undefined> {
  if (!URL.canParse(issuer)) throw new Refusal(`"${issuer}" is no URL.`, EXIT.usage);
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  for (const url of [`${origin}/.well-known/oauth-authorization-server${path}`, `${origin}${path}/.well-known/openid-configuration`]) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS), redirect: 'manual' });
      if (answer.status !== 200) continue;
      const metadata = (await answer.json()) as { issuer?: string; token_endpoint?: string; token_endpoint_auth_methods_supported?: string[] };
      const isIt = metadata.issuer === issuer;
      findings.push({ what: 'discovery', ok: isIt, detail: isIt ? `${url} names ${metadata.token_endpoint ?? 'no token endpoint'}, methods ${metadata.token_endpoint_auth_methods_supported?.join(', ') ?? 'not given'}` : `${url} is of the issuer "${String(metadata.issuer)}": use exactly this one` });
      if (metadata.token_endpoint !== undefined) return metadata.token_endpoint;
    } catch {
      // The other address may have it.
    }
  }
  findings.push({ what: 'discovery', ok: false, detail: `${issuer} publishes no metadata with a token endpoint: give --token-url` });
  return undefined;
}

type TokenRequest = { readonly headers: Readonly<Record<string, string>>; readonly form: Readonly<Record<string, string>> };

/**
 * RFC 6749 §2.3.1: id and secret are form-encoded before they are joined. `raw` leaves that out, which makes a difference only for characters other
 * than letters and digits.
 */
function methodsOf(id: string, secret: string): Record<string, TokenRequest> {
  const encoded = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2);
  const basic = (user: string, password: string): TokenRequest => ({ headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }, form: {} });
  return {
    client_secret_basic: basic(encoded(id), encoded(secret)),
    ...(encoded(id) + encoded(secret) === id + secret ? {} : { 'client_secret_basic, basicEncoding raw': basic(id, secret) }),
    client_secret_post: { headers: {}, form: { client_id: id, client_secret: secret } },
  };
}

async function askToken(url: string, { headers, form }: TokenRequest, scope: string | undefined): Promise<{ token?: string; detail: string }> {
  try {
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }), ...form }).toString();
    const answer = await fetch(url, { method: 'POST', redirect: 'manual', headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers }, body, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const text = await answer.text();
    const read = parsed(text);
    const { access_token: token, token_type: type, expires_in: life, error, error_description: why } = read;
    if (answer.status === 200 && typeof token === 'string' && String(type).toLowerCase() === 'bearer') return { token, detail: `200, a bearer token for ${life === undefined ? 'an unknown number of' : textOf(life)} s` };
    return { detail: `${answer.status} ${textOf(error)} ${why === undefined ? (token === undefined ? text.slice(0, 100) : `token_type is ${textOf(type)}, not bearer`) : textOf(why)}`.trim() };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    return { detail: cause?.code ?? message };
  }
}

/** The claims of a JWT (RFC 9068). An opaque token has none that can be read. The token itself is never printed. */
function claims(token: string): Finding {
  const part = token.split('.');
  const read = part.length === 3 ? parsed(Buffer.from(part[1] ?? '', 'base64url').toString()) : {};
  const { iss, aud, scope, exp, iat } = read;
  if (exp === undefined && aud === undefined) return { what: 'claims', ok: true, detail: 'the token is opaque: only its receiver can read it' };
  const skew = typeof iat === 'number' ? Math.round(iat - Date.now() / 1_000) : 0;
  const told = `iss ${String(iss)}, aud ${JSON.stringify(aud)}, scope ${String(scope ?? read.scp)}, exp ${typeof exp === 'number' ? new Date(exp * 1_000).toISOString() : 'none'}`;
  return skew > CLOCK_TOLERANCE_SECONDS ? { what: 'claims', ok: false, detail: `${told}; it was issued ${skew} s in the future: synchronize the clocks by NTP` } : { what: 'claims', ok: true, detail: told };
}

async function callEndpoint(endpoint: string, token: string): Promise<Finding> {
  try {
    const answer = await fetch(endpoint, { method: 'POST', redirect: 'manual', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: '{}', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const challenge = answer.headers.get('www-authenticate');
    if (answer.status !== 401 && answer.status !== 403) return { what: 'endpoint', ok: true, detail: `${answer.status}: it accepts the token` };
    const mend = challenge?.includes('insufficient_scope') ? 'ask for the scope that it names' : 'it expects another audience, issuer or scope: compare the claims above with its settings';
    return { what: 'endpoint', ok: false, detail: `${answer.status}, ${challenge ?? 'without WWW-Authenticate'}: ${mend}` };
  } catch (error) {
    return { what: 'endpoint', ok: false, detail: (error as Error).message };
  }
}

function parsed(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : {};
  } catch {
    return {};
  }
}
