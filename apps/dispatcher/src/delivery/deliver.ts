import type { Answer, OutboundRequest } from '@nuncio/egress';
import type { Grant, TokenClient } from '../tokens/token-client.js';
import { attemptsLeft, type Sendable } from './delivery.js';
import { envelop } from './envelope.js';
import { judge } from './judge.js';
import type { Attempt, Outcome } from './outcome.js';
import { shownHeaders, withoutEchoes } from './redact.js';

const USER_AGENT = 'Nuncio/0.1 (webhooks)';
const MAX_RESPONSE_BYTES = 16_384;

export interface DeliverPorts {
  readonly tokens: Pick<TokenClient, 'get' | 'refused'>;
  readonly egress: { send(request: OutboundRequest): Promise<Answer> };
  readonly now: () => number;
}

/** Asked after every wait that comes before a request: false = nothing is to be sent any more. */
export type MayGoOn = () => Promise<boolean>;

/**
 * Authorize → sign → send → judge: one numbered try, used by first tries, retries, resends and samples alike. Never throws for what others do.
 * null = nothing was sent, since it is not ours to send any more.
 */
export async function deliver(delivery: Sendable, { tokens, egress, now }: DeliverPorts, mayGoOn: MayGoOn): Promise<Attempt | null> {
  const { callback } = delivery.endpoint;
  const startedAt = now();
  const credential = callback.authentication.type === 'oauth2' ? callback.authentication.credential : null;
  const pending = credential === null ? NO_AUTHENTICATION : tokens.get(credential, delivery.activatedAt);
  let grant = pending instanceof Promise ? await pending : pending;
  const tokenMs = now() - startedAt;
  if (grant.kind !== 'granted') return { startedAt, endedAt: now(), tokenMs, requests: 0, request: null, answer: null, outcome: withoutToken(grant) };
  if (pending instanceof Promise && !(await mayGoOn())) return null;

  let request = sign(delivery, grant.bearer, now());
  let answer = await egress.send(request);
  let requests = 1;
  if (credential !== null && answer.ok && answer.status === 401) {
    const renewed = await tokens.refused(credential, grant.generation, delivery.activatedAt);
    if (renewed.kind === 'granted' && (await mayGoOn())) {
      grant = renewed;
      request = sign(delivery, grant.bearer, now());
      answer = await egress.send(request);
      requests = 2;
    }
  }
  const endedAt = now();
  const { method, url, headers } = request;
  const { secretNames } = delivery.endpoint;
  return {
    startedAt,
    endedAt,
    tokenMs,
    requests,
    request: { method, url, headers: shownHeaders(headers, secretNames) },
    answer: withoutEchoes(answer, secretsIn(request, grant.bearer, secretNames)),
    outcome: judge(answer, callback.retry, endedAt),
  };
}

const NO_AUTHENTICATION: Grant = { kind: 'granted', bearer: null, generation: 0 };

const withoutToken = (grant: Exclude<Grant, { kind: 'granted' }>): Outcome =>
  grant.kind === 'refused' ? { kind: 'no-token', tokenError: grant.tokenError } : { kind: 'unavailable', detail: grant.detail };

function sign(delivery: Sendable, bearer: string | null, sentAt: number): OutboundRequest {
  const { endpoint, event, eventAt, id, number } = delivery;
  const { callback, sign: signer, ownHeaders } = endpoint;
  const createdAt = event.time ?? new Date(eventAt).toISOString();
  const { body, headers } = envelop(callback.envelope, event, createdAt);
  const attempt = { made: number, left: attemptsLeft(delivery), firstAt: delivery.firstAttemptAt ?? sentAt };
  return {
    method: callback.method,
    url: callback.url,
    headers: {
      'user-agent': USER_AGENT,
      ...headers,
      ...ownHeaders,
      'x-event-created-at': createdAt,
      ...signer({ body, sentAt, method: callback.method, url: callback.url, eventId: event.id, deliveryId: id, attempt }),
      ...(bearer === null ? undefined : { authorization: `Bearer ${bearer}` }),
    },
    body,
    timeoutMs: callback.timeoutMs,
    maxResponseBytes: MAX_RESPONSE_BYTES,
    onOversize: 'cut',
  };
}

function secretsIn({ headers }: OutboundRequest, bearer: string | null, secretNames: ReadonlySet<string>): string[] {
  const secrets = bearer === null ? [] : [bearer];
  if (secretNames.size) for (const name in headers) if (secretNames.has(name.toLowerCase())) secrets.push(headers[name] ?? '');
  return secrets;
}
