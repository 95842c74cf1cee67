import { Logger } from '@nestjs/common';
import { envelop, TRACEPARENT, USER_AGENT, type RefusedRequest } from '@nuncio/contracts';
import type { Answer, OutboundRequest } from '@nuncio/egress';
import { secretsIn } from '@nuncio/sealing';
import { metrics } from '../metrics.js';
import type { Grant } from '../tokens/grant.js';
import type { TokenClient } from '../tokens/token-client.js';
import { attemptsLeft, type Sendable } from '../delivery/delivery.js';
import { joinHeaders } from './join-headers.js';
import { isOurs, judge, refusesBearer } from './judge.js';
import type { Lease } from '../delivery/lease.js';
import type { Attempt, Outcome } from './outcome.js';
import { redacted, shownRequest } from './redact.js';
import { shownResponse } from './shown-response.js';

const logger = new Logger('Deliver');
const MAX_RESPONSE_BYTES = 16_384;

export interface DeliverPorts {
  readonly tokens: Pick<TokenClient, 'get' | 'renew' | 'told'>;
  readonly egress: { send(request: OutboundRequest): Promise<Answer> };
  readonly now: () => number;
  /** Maps the `traceparent` of an event to the one that the receiver gets; undefined = none. It is called only for events that have one. */
  readonly traceFor?: (traceparent: string) => string | undefined;
}

/**
 * Makes one numbered attempt: authorize, sign, send, judge. First attempts, retries, resends and samples alike use it. It never throws: an internal
 * failure, such as secrets that do not open, gives `unavailable`. `lease` says whether the delivery may be sent, and is asked after every wait. null
 * = nothing was sent, since it may not be.
 */
export async function deliver(delivery: Sendable, ports: DeliverPorts, lease: LeaseToSend = ALWAYS): Promise<Attempt | null> {
  try {
    const attempt = await tryOnce(delivery, ports, lease);
    if (attempt?.outcome.kind === 'unavailable') metrics.ownFailures.inc({ of: failedPart(attempt) });
    return attempt;
  } catch (error) {
    metrics.ownFailures.inc({ of: 'internal' });
    logger.error(`A delivery is held, because of a failure of this process: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    const now = ports.now();
    return { startedAt: now, endedAt: now, tokenMs: 0, requests: 0, request: null, answer: null, outcome: { kind: 'unavailable', detail: 'internal' } };
  }
}

const failedPart = ({ answer }: Attempt): string => (answer?.ok === false ? answer.error.class : 'token');

async function tryOnce(delivery: Sendable, { tokens, egress, now, traceFor }: DeliverPorts, lease: LeaseToSend): Promise<Attempt | null> {
  const { callback, secretNames } = delivery.endpoint;
  const startedAt = now();
  const credential = callback.authentication.type === 'oauth2' ? callback.authentication.credential : null;
  const authorize = (): Grant | Promise<Grant> => (credential === null ? NO_AUTHENTICATION : tokens.get(credential, delivery.activatedAt, delivery.event.traceparent));
  const send = async (grant: Granted): Promise<Sent> => {
    const sentAt = now();
    const request = sign(delivery, grant, sentAt, delivery.firstAttemptAt ?? startedAt, lease, traceFor);
    return { grant, request, sentAt, answer: await egress.send(request) };
  };
  const unsent = (grant: Ungranted): Attempt => ({ startedAt, endedAt: now(), tokenMs, requests: 0, request: null, answer: null, outcome: withoutToken(grant) });

  const pending = authorize();
  const grant = pending instanceof Promise ? await pending : pending;
  const tokenMs = pending instanceof Promise ? now() - startedAt : 0;
  if (grant.kind !== 'granted') return unsent(grant);
  if (pending instanceof Promise && !(await lease.go())) return null;
  let sent = await send(grant);
  if (isLate(sent)) {
    const next = await authorize();
    if (next.kind !== 'granted') return unsent(next);
    if (!(await lease.go())) return null;
    sent = await send(next);
    if (isLate(sent)) return unsent(NEVER_IN_TIME);
  }
  const bearers = [sent.grant.bearer];
  const shown = ({ request, answer }: Sent): Answer => redacted(answer, secretsOf(request, bearers, secretNames), MAX_RESPONSE_BYTES);
  let refused: RefusedRequest | undefined;
  if (credential !== null && refusesBearer(sent.answer)) {
    const renewed = await tokens.renew(callback.id, credential, sent.grant.generation, delivery.activatedAt);
    const again = renewed?.kind === 'granted' && (await lease.go()) ? await send(renewed) : null;
    if (again && wasMade(again)) {
      const answer = shown(sent);
      if (answer.ok) refused = { startedAt: sent.sentAt, request: shownRequest(sent.request, secretNames), response: shownResponse(answer), timingsMs: answer.timings };
      sent = again;
      bearers.push(again.grant.bearer);
      if (refusesBearer(again.answer)) tokens.told(callback.id, credential, again.grant.generation, false);
    }
  }
  if (credential !== null && wasAccepted(sent.answer)) tokens.told(callback.id, credential, sent.grant.generation, true);
  const endedAt = now();
  const answer = shown(sent);
  return {
    startedAt,
    endedAt,
    tokenMs,
    requests: refused ? 2 : 1,
    request: shownRequest(sent.request, secretNames),
    answer,
    outcome: judge(answer, callback.retry, endedAt),
    ...(refused && { refused }),
  };
}

type LeaseToSend = Pick<Lease, 'go' | 'sendBefore'>;
const ALWAYS: LeaseToSend = { go: () => true, sendBefore: Infinity };

type Granted = Extract<Grant, { kind: 'granted' }>;
type Ungranted = Exclude<Grant, { kind: 'granted' }>;

interface Sent {
  readonly grant: Granted;
  readonly request: OutboundRequest;
  readonly sentAt: number;
  readonly answer: Answer;
}

/** Whether nothing was sent, because the connection took so long that the token had no time left. */
const isLate = ({ answer }: Sent): boolean => !answer.ok && answer.error.class === 'token';

/** Whether the endpoint was asked, as far as is known. After an internal failure, an earlier answer counts. */
const wasMade = (sent: Sent): boolean => !isLate(sent) && (sent.answer.ok || !isOurs(sent.answer.error.class));

const wasAccepted = (answer: Answer): boolean => answer.ok && answer.status < 300;

const NEVER_IN_TIME: Ungranted = { kind: 'unavailable', detail: 'the connection took longer than a token is usable, twice' };

const NO_AUTHENTICATION: Grant = { kind: 'granted', bearer: null, generation: 0, usableUntil: Infinity };

const withoutToken = (grant: Ungranted): Outcome =>
  grant.kind === 'refused' ? { kind: 'no-token', tokenError: grant.tokenError } : { kind: 'unavailable', detail: grant.detail };

function sign(delivery: Sendable, { bearer, usableUntil, identity }: Granted, sentAt: number, firstAt: number, lease: LeaseToSend, traceFor: DeliverPorts['traceFor']): OutboundRequest {
  const { endpoint, event, eventAt, id, number } = delivery;
  const { callback, sign: signer, ownHeaders } = endpoint;
  const createdAt = event.time ?? new Date(eventAt).toISOString();
  const { body, headers } = envelop(callback.envelope, event, createdAt);
  const traceparent = event.traceparent === undefined ? undefined : traceFor?.(event.traceparent);
  const attempt = { made: number, left: attemptsLeft(delivery), firstAt };
  return {
    method: callback.method,
    url: callback.url,
    tenant: callback.tenant,
    headers: joinHeaders({ 'user-agent': USER_AGENT, ...headers, ...(traceparent === undefined ? undefined : { [TRACEPARENT]: traceparent }) }, ownHeaders, {
      'content-type': headers['content-type'],
      'x-event-created-at': createdAt,
      'x-event-type': event.type,
      ...signer({ body, sentAt, method: callback.method, url: callback.url, eventId: event.id, deliveryId: id, attempt }),
      ...(bearer === null ? undefined : { authorization: `Bearer ${bearer}` }),
    }),
    body,
    timeoutMs: callback.timeoutMs,
    maxResponseBytes: MAX_RESPONSE_BYTES,
    onOversize: 'cut',
    // Called when the connection is there, in the same step in which the request is written: partition and membership may have been lost meanwhile.
    get sendBefore() {
      return Math.min(usableUntil, lease.sendBefore);
    },
    ...(identity ? { identity } : undefined),
  };
}

function secretsOf({ headers }: OutboundRequest, bearers: readonly (string | null)[], secretNames: ReadonlySet<string>): string[] {
  const secrets = bearers.filter((bearer) => bearer !== null);
  if (secretNames.size) for (const name in headers) if (secretNames.has(name.toLowerCase())) secrets.push(...secretsIn(headers[name] ?? ''));
  return secrets;
}
