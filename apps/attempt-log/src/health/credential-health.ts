import { adviceFields, refreshAt, spreadOf, tokenAdvice, usableUntil } from '@nuncio/auth';
import { reaches, TokenError, type Principal } from '@nuncio/contracts';
import type { ConfigView, Viewed } from '@nuncio/kafka';
import { Moment } from '@nuncio/service';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { LAST_OF_EACH, tokenErrorOf, TODAY, type StoredFailure, type StoredSuccess, type StoredTokenRequest, type Today } from '../token-requests/select-token-requests.js';

export const CredentialState = z.enum(['working', 'failing', 'unknown']);

/** When a secret was set. */
export const SecretAt = Moment.nullable().describe('When it was set; null = there is none, or it was set before this was recorded');
export const givenAt = (at: number | undefined): Date | null => (at === undefined ? null : new Date(at));

/** The health of a credential. */
export const CredentialHealth = z
  .object({
    credential: z.string(),
    name: z.string(),
    tenant: z.string(),
    host: z.string().nullable().describe('The host of its token URL or issuer').meta({ examples: ['id.acme.com'] }),
    state: CredentialState.describe('Follows from the last token request since the credential was changed; `unknown` = there was none'),
    expiresAt: Moment.nullable().describe('When the usable token ends; null = there is none'),
    refreshAt: Moment.nullable().describe('From when on the next token is asked for, if there is something to send; null = there is no usable token'),
    generation: z.int().nullable().describe('The number of the usable token, counted for each credential; null = there is none'),
    lastSuccess: z.object({ at: Moment, durationMs: z.number(), expiresAt: Moment.describe('When that token ends'), scope: z.string().nullable() }).nullable().describe('The last token; null = the log has none'),
    lastFailure: z.object({ at: Moment, durationMs: z.number(), tokenError: TokenError, ...adviceFields, pausedUntil: Moment.nullable().describe('The server is not asked again before') }).nullable().describe('The last failure; null = the log has none'),
    requestsToday: z.object({ total: z.int(), failed: z.int().describe('Requests without a token') }).describe('Token requests of this day, UTC'),
    attemptsToday: z.int().describe('Attempts of this day, UTC, to `callbacks`'),
    clientSecret: z.object({ givenAt: SecretAt, expiresAt: Moment.nullable().describe('When the secret ends, by its `clientSecretExpiresAt`; null = not given') }).nullable().describe('The client secret; null = there is none'),
    clientCertificate: z.object({ expiresAt: Moment }).nullable().describe('The client certificate for TLS; null = there is none'),
    callbacks: z.array(z.object({ id: z.string(), name: z.string(), enabled: z.boolean() })).describe('Callbacks that use it and that the caller may see'),
  })
  .meta({ id: 'CredentialHealth' });

/** What the log knows of the tokens of credentials, in two statements. */
export async function tokensOf(dataSource: DataSource, credentials: readonly Pick<Viewed<'credential'>, 'id' | 'position'>[]) {
  const ids = [...new Set(credentials.map(({ id }) => id))];
  const [requests, counts] = await Promise.all([dataSource.query<StoredTokenRequest[]>(LAST_OF_EACH, [ids]), dataSource.query<Today[]>(TODAY, [ids])]);
  const lasts = Map.groupBy(requests, ({ credential }) => credential);
  const todays = new Map(counts.map(({ credential, total, failed }) => [credential, { total, failed }]));
  const positions = new Map(credentials.map(({ id, position }) => [id, position]));
  return (id: string) => ({ ...showTokens(lasts.get(id) ?? [], positions.get(id) ?? 0), requestsToday: todays.get(id) ?? { total: 0, failed: 0 } });
}

function showTokens(lasts: readonly StoredTokenRequest[], position: number) {
  const success = lasts.find((row): row is StoredSuccess => row.outcome === 'token');
  const failure = lasts.find((row): row is StoredFailure => row.outcome !== 'token');
  const [last] = lasts.filter(({ version }) => Number(version) >= position);
  return {
    state: last ? (last.outcome === 'token' ? ('working' as const) : ('failing' as const)) : ('unknown' as const),
    ...(success && isUsable(success, position) ? usable(success) : { expiresAt: null, refreshAt: null, generation: null }),
    lastSuccess: success ? { at: success.at, durationMs: success.duration_ms, expiresAt: success.expires_at, scope: success.scope } : null,
    lastFailure: failure ? showFailure(failure) : null,
  };
}

/** When a token ends and is renewed, as dispatchers compute it. */
function usable({ credential, at, expires_at, generation }: StoredSuccess) {
  const receivedAt = at.getTime();
  const times = { receivedAt, usableUntil: usableUntil(receivedAt, (expires_at.getTime() - receivedAt) / 1_000) };
  return { expiresAt: expires_at, refreshAt: new Date(refreshAt(times, spreadOf(credential, Number(generation)))), generation: Number(generation) };
}

/** From the token-service's facts, so at most some moments old. In the order of the credentials. Never has a token. */
export async function credentialHealths(dataSource: DataSource, view: Pick<ConfigView, 'all'>, caller: Principal, credentials: readonly Viewed<'credential'>[]) {
  const callbacks = callbacksOf(view, new Set(credentials.map(({ id }) => id)), caller);
  const [tokensIn, attempts] = await Promise.all([tokensOf(dataSource, credentials), attemptsToday(dataSource, [...callbacks.values()].flat().map(({ id }) => id))]);
  const attemptsTo = (id: string): number => (callbacks.get(id) ?? []).reduce((sum, callback) => sum + (attempts.get(callback.id) ?? 0), 0);
  return credentials.map(({ id, state }) => ({ credential: id, name: state.name, tenant: state.tenant, host: hostOf(state), ...tokensIn(id), attemptsToday: attemptsTo(id), ...secretsOf(state), callbacks: callbacks.get(id) ?? [] }));
}

/** Attempts of this day, UTC, by callback. */
async function attemptsToday(dataSource: DataSource, callbacks: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await dataSource.query<{ callback: string; attempts: number }[]>(ATTEMPTS_TODAY, [callbacks]);
  return new Map(rows.map(({ callback, attempts }) => [callback, attempts]));
}

const ATTEMPTS_TODAY = `SELECT callback, sum(attempts)::float8 AS attempts FROM log.attempts_by_minute WHERE callback = ANY($1) AND minute >= date_trunc('day', now(), 'UTC') GROUP BY 1`;

const secretsOf = ({ clientSecret, clientSecretExpiresAt, clientCertificate, secretsAt }: Viewed<'credential'>['state']) => ({
  clientSecret: clientSecret === null ? null : { givenAt: givenAt(secretsAt?.clientSecret), expiresAt: clientSecretExpiresAt ?? null },
  clientCertificate: clientCertificate && { expiresAt: clientCertificate.notAfter },
});

export const hostOf = ({ tokenUrl, issuer }: Pick<Viewed<'credential'>['state'], 'tokenUrl' | 'issuer'>): string | null => URL.parse(tokenUrl ?? issuer ?? '')?.host ?? null;

/** The callbacks of each credential that the caller reaches. Looks at every callback once, however many credentials there are. */
function callbacksOf(view: Pick<ConfigView, 'all'>, credentials: ReadonlySet<string>, caller: Principal): Map<string, { id: string; name: string; enabled: boolean }[]> {
  const found = new Map([...credentials].map((id): [string, { id: string; name: string; enabled: boolean }[]] => [id, []]));
  for (const { id, state } of view.all('callback', caller.tenant))
    if (state.authentication.type === 'oauth2' && reaches(caller, state)) found.get(state.authentication.credential)?.push({ id, name: state.name, enabled: state.enabled });
  return found;
}

/** A change of the credential makes its tokens unusable, whatever their expiry. */
const isUsable = ({ version, expires_at }: StoredSuccess, position: number): boolean => Number(version) >= position && expires_at.getTime() > Date.now();

export function showFailure(row: StoredFailure) {
  const tokenError = tokenErrorOf(row);
  return { at: row.at, durationMs: row.duration_ms, tokenError, ...tokenAdvice(tokenError), pausedUntil: row.paused_until };
}
