import { adviceFields, adviceOf } from '@nuncio/auth';
import { ErrorClass, Limits, TokenError } from '@nuncio/contracts';
import type { ConfigView, Viewed } from '@nuncio/kafka';
import { Moment } from '@nuncio/service';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { Fleet } from '../fleet/fleet.js';
import { pauseEnd } from '../pause-end.js';
import { waitingOf, WaitingByKind } from '../query/statistics/backlog.js';
import { CredentialState, givenAt, SecretAt, tokensOf } from './credential-health.js';
import { triesOf, type Tried } from './tries.js';

export const CallbackState = z.enum(['working', 'failing', 'paused', 'disabled', 'unknown']);

/** The health of a callback. */
export const CallbackHealth = z
  .object({
    callback: z.string(),
    name: z.string(),
    tenant: z.string(),
    application: z.string(),
    state: CallbackState.describe('Follows from the last attempt, unless the callback is disabled or paused; `unknown` = the log has no attempt'),
    since: Moment.nullable().describe("When the present series of successes or failures began; for `disabled` and `paused`, the callback's last change"),
    pausedUntil: Moment.nullable().describe('When the pause ends; null = it is not paused'),
    disabledReason: z.string().nullable().describe('Why Nuncio disabled it: `gone` = the endpoint answered 410, `failing` = it failed for too long; null = it is enabled, or a person disabled it'),
    lastSuccess: z.object({ at: Moment, attempt: z.string().describe('Id of the attempt'), durationMs: z.number() }).nullable().describe('The last success; null = the log has none'),
    lastFailure: z
      .object({ at: Moment, attempt: z.string().describe('Id of the attempt'), errorClass: ErrorClass.nullable(), status: z.int().nullable(), detail: z.string().nullable(), tokenError: TokenError.nullable(), ...adviceFields })
      .nullable()
      .describe('The last failure; null = the log has none'),
    consecutiveFailures: z.int().describe('Attempts since the last success'),
    waiting: WaitingByKind.describe('Waiting deliveries by kind'),
    inFlight: z.int().nullable().describe('Requests in flight over all dispatchers, out of `limits.concurrency`; at most 10 s old. null = unknown: no dispatcher reports, or one has too many busy callbacks to list this one'),
    queued: z.int().nullable().describe('Deliveries that wait in dispatchers for a free slot; known like `inFlight`'),
    limits: Limits.describe('The limits that protect the endpoint'),
    certificate: z.object({ expiresAt: Moment, seenAt: Moment.describe('When a connection first presented it') }).nullable().describe("The endpoint's certificate, as the last new connection presented it; null = there was none, or no TLS"),
    signing: z
      .object({ scheme: z.string().describe('The signing scheme'), secrets: z.int().describe('The number of secrets that sign now'), oldExpiresAt: Moment.nullable().describe('Until then the former secret signs too; null = there is none'), secretAt: SecretAt })
      .describe('How its requests are signed'),
    secretHeaders: z.record(z.string(), SecretAt).describe('When each secret header was set, by name'),
    token: z.object({ credential: z.string(), state: CredentialState.describe('Follows from the last token request'), expiresAt: Moment.nullable(), refreshAt: Moment.nullable().describe('From when on the next token is asked for'), scope: z.string().nullable() }).nullable().describe('Its credential; null = it uses none'),
  })
  .meta({ id: 'CallbackHealth' });

/** Sources of health other than the log. */
interface HealthSources {
  readonly view: Pick<ConfigView, 'get'>;
  readonly fleet: Pick<Fleet, 'loadOf'>;
}

/** The health of callbacks, in their order. The number of statements does not depend on how many they are. */
export async function callbackHealths(dataSource: DataSource, { view, fleet }: HealthSources, callbacks: readonly Viewed<'callback'>[]) {
  const ids = callbacks.map(({ id }) => id);
  const credentials = callbacks.flatMap(({ state: { authentication } }) => (authentication.type === 'oauth2' ? (view.get('credential', authentication.credential) ?? []) : []));
  const [triesIn, waitingIn, tokensIn, certificateIn] = await Promise.all([triesOf(dataSource, ids), waitingOf(dataSource, ids), tokensOf(dataSource, credentials), certificatesOf(dataSource, ids)]);
  const now = Date.now();
  return callbacks.map(({ id, at, state }) => {
    const load = fleet.loadOf(id);
    const { success, failure, isFailing, since, failures } = triesIn(id);
    const tried = isFailing ? ('failing' as const) : success ? ('working' as const) : ('unknown' as const);
    const certificate = certificateIn(id);
    const pausedUntil = pauseEnd(state);
    return {
      callback: id,
      name: state.name,
      tenant: state.tenant,
      application: state.application,
      state: state.enabled ? (pausedUntil ? ('paused' as const) : tried) : ('disabled' as const),
      since: state.enabled && !pausedUntil ? since : new Date(at),
      pausedUntil,
      disabledReason: state.disabledReason,
      lastSuccess: success ? { at: success.started_at, attempt: success.fact.id, durationMs: success.fact.timingsMs.total } : null,
      lastFailure: failure ? showFailure(failure) : null,
      consecutiveFailures: failures,
      waiting: waitingIn(id),
      inFlight: load?.inFlight ?? null,
      queued: load?.queued ?? null,
      limits: state.limits,
      certificate: certificate && state.url.startsWith('https:') ? { expiresAt: certificate.ends_at, seenAt: certificate.seen_at } : null,
      signing: { scheme: state.signing.scheme, secrets: state.signing.secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now).length, oldExpiresAt: oldEnd(state, now), secretAt: givenAt(state.secretsAt?.signing) },
      secretHeaders: Object.fromEntries(Object.keys(state.secretHeaders).map((name) => [name, givenAt(state.secretsAt?.[`secretHeaders.${name}`])])),
      token: state.authentication.type === 'oauth2' ? tokenOf(state.authentication.credential, tokensIn) : null,
    };
  });
}

function tokenOf(credential: string, tokensIn: Awaited<ReturnType<typeof tokensOf>>) {
  const { state, expiresAt, refreshAt, lastSuccess } = tokensIn(credential);
  return { credential, state, expiresAt, refreshAt, scope: expiresAt && (lastSuccess?.scope ?? null) };
}

interface StoredCertificate {
  readonly callback: string;
  readonly ends_at: Date;
  readonly seen_at: Date;
}

async function certificatesOf(dataSource: DataSource, callbacks: readonly string[]): Promise<(callback: string) => StoredCertificate | null> {
  const found = await dataSource.query<StoredCertificate[]>('SELECT callback, ends_at, seen_at FROM log.certificates WHERE callback = ANY($1)', [callbacks]);
  const all = new Map(found.map((certificate) => [certificate.callback, certificate]));
  return (callback) => all.get(callback) ?? null;
}

export function showFailure({ started_at, fact }: Tried) {
  const { id, error, response, tokenError } = fact;
  const { advice, adviceCode } = adviceOf(fact);
  return { at: started_at, attempt: id, errorClass: error?.class ?? null, status: response?.status ?? null, detail: error?.detail ?? null, tokenError, advice: advice ?? '', adviceCode: adviceCode ?? ('endpoint.internal' as const) };
}

const oldEnd = ({ signing }: Viewed<'callback'>['state'], now: number): Date | null => {
  const [end] = signing.secrets.flatMap(({ expiresAt }) => (expiresAt !== null && expiresAt > now ? [expiresAt] : []));
  return end === undefined ? null : new Date(end);
};
