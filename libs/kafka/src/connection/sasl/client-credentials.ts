import { readFileSync } from 'node:fs';
import { readTokenResponse, tokenRequest, usableUntil } from '@nuncio/auth';
import { Egress, EgressAllowSetting } from '@nuncio/egress';
import { Secret } from '@nuncio/sealing';
import type { BearerToken } from './bearer-tokens.js';

/** How a token for Kafka is asked for: the client credentials grant (RFC 6749 §4.4). */
interface ClientCredentialsSettings {
  readonly tokenUrl: string;
  readonly clientId: string;
  /** One of the two; the file is read for each request, so that a secret may be changed while the process runs. */
  readonly clientSecret?: Secret;
  readonly clientSecretFile?: string;
  readonly authMethod: 'client_secret_basic' | 'client_secret_post';
  readonly scope: string | null;
  readonly audience: string | null;
  /** PEM certificates of authorities that are trusted in addition to the machine's. */
  readonly extraCa: readonly string[];
}

/** In total, and less than the timeout of a connection. */
const TIMEOUT_MS = 5_000;
const MAX_RESPONSE_BYTES = 65_536;
const DEFAULT_LIFE_SECONDS = 300;

/** Asks the operator's own authorization server, wherever it is: what may be called is exactly what the settings name. */
export function clientCredentials(settings: ClientCredentialsSettings): () => Promise<BearerToken> {
  const { tokenUrl, clientId, authMethod, scope, audience, extraCa } = settings;
  const egress = new Egress({ allow: allowing(tokenUrl), extraCa });
  return async () => {
    const secret = settings.clientSecret ?? new Secret(readFileSync(settings.clientSecretFile ?? '', 'utf8').trim());
    const plain = { issuer: null, basicEncoding: 'rfc6749', assertionAudience: 'token-url', assumeBearer: false, resource: null, params: {}, headers: {} } as const;
    const request = await tokenRequest({ ...plain, tokenUrl, authMethod, scope, audience, clientId: new Secret(clientId), clientSecret: secret, clientKey: null }, Date.now());
    const receivedAt = Date.now();
    const answer = await egress.send({ ...request, timeoutMs: TIMEOUT_MS, maxResponseBytes: MAX_RESPONSE_BYTES, onOversize: 'fail' });
    if (!answer.ok) throw new Error(`${tokenUrl} gives none: ${answer.error.class}`);
    const response = readTokenResponse(answer, { assumeBearer: false, now: Date.now() });
    if (!response.ok) throw new Error(`${tokenUrl} gives none: ${[response.tokenError.class, response.tokenError.httpStatus, response.tokenError.code].filter(Boolean).join(' ')}`);
    return { value: response.accessToken, receivedAt, usableUntil: usableUntil(receivedAt, response.expiresInSeconds ?? DEFAULT_LIFE_SECONDS) };
  };
}

const allowing = (url: string) => {
  const { hostname, protocol, port } = new URL(url);
  return EgressAllowSetting.parse(`${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`);
};
