import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { isOurFailure, type TokenResponse } from '@nuncio/auth';
import { replies, TOKEN_WAIT_MS, tokenEvents, type Reply } from '@nuncio/contracts';
import { BatchProducer, ConfigView, type Viewed } from '@nuncio/kafka';
import { sealToken, TokenStore } from '@nuncio/token-store';
import { SPANS, type Spans } from '@nuncio/tracing';
import { ClientCredentials } from '../client-credentials.js';
import { fetchesTotal, fetchSeconds } from '../metrics.js';
import { TokenSettings } from '../token-settings.js';
import type { Ask } from './ask.js';
import { persist } from './persist.js';
import { decide, entryOf, failureOf, type Decision, type Fetch, type Known } from './token-life.js';
import { eventOf, replyOf, unavailable, type Fetched } from './token-news.js';

/** The part of the view that tokens need. */
export interface CredentialView extends Pick<ConfigView, 'position' | 'waitFor'> {
  get(kind: 'credential', id: string): Viewed<'credential'> | undefined;
}

/** The result of an ask. `unavailable`: Redis stayed away. */
type Verdict = 'fetched' | 'failed' | 'unavailable' | Extract<Decision, { do: 'nothing' }>['because'];

/** How long to wait for Redis with a fetched token, even after the asker has stopped waiting. */
const STORE_WAIT_MS = 5_000;

/** Makes sure that the tokens asked for are in Redis. Works on one ask of a credential at a time. */
@Injectable()
export class TokensService {
  readonly #logger = new Logger('Tokens');

  constructor(
    @Inject(ConfigView) private readonly view: CredentialView,
    private readonly store: TokenStore,
    @Inject(ClientCredentials) private readonly authorizationServers: Pick<ClientCredentials, 'fetch'>,
    @Inject(BatchProducer) private readonly producer: Pick<BatchProducer, 'sendJson'>,
    private readonly settings: TokenSettings,
    @Optional() @Inject(SPANS) private readonly spans?: Spans | null,
  ) {}

  /**
   * Resolves when the token, or the reason why there is none, is stored and announced; or when there is nothing to do.
   */
  async answer(ask: Ask): Promise<Verdict> {
    const attributes = { 'messaging.system': 'kafka', 'messaging.operation.type': 'process', 'messaging.destination.name': 'token.requests', 'nuncio.credential': ask.credential, 'nuncio.token.reason': ask.reason };
    const span = this.spans?.within(ask.traceparent, 'process token.requests', { kind: 'consumer', at: Date.now(), attributes });
    const verdict = await this.#answer(span ? { ...ask, traceparent: span.traceparent } : ask);
    span?.end(Date.now(), { attributes: { 'nuncio.token.verdict': verdict } });
    return verdict;
  }

  async #answer(ask: Ask): Promise<Verdict> {
    // By this process's clock, since the asker's may differ.
    const deadline = performance.now() + TOKEN_WAIT_MS;
    await this.view.waitFor(ask.position, TOKEN_WAIT_MS);
    for (;;) {
      const stored = await persist(() => this.store.read(ask.credential), deadline);
      const credential = this.view.get('credential', ask.credential);
      const known = stored && { at: Date.now(), position: this.view.position, version: credential?.position ?? null, stored };
      const decision = known && decide(ask, known);
      const isFetch = known && credential && decision?.do === 'fetch';
      if (!isFetch || !(await persist(() => this.store.requireWritable(ask.credential).then(() => true), deadline))) {
        await this.#reply(ask, unavailable);
        return decision?.do === 'nothing' ? decision.because : 'unavailable';
      }
      const verdict = await this.#fetch(ask, credential, decision, known);
      if (verdict !== 'overtaken') return verdict;
    }
  }

  async #fetch(ask: Ask, credential: Viewed<'credential'>, fetch: Fetch, known: Known): Promise<Verdict | 'overtaken'> {
    const startedAt = performance.now();
    const span = this.spans?.within(ask.traceparent, 'POST', { kind: 'client', at: Date.now(), attributes: { 'http.request.method': 'POST', 'nuncio.credential': credential.id } });
    const response = await this.authorizationServers.fetch(credential.state);
    const fetched: Fetched = { response, at: Date.now(), durationMs: performance.now() - startedAt };
    span?.end(fetched.at, { error: response.ok ? null : response.tokenError.class });
    const stored = await persist(() => this.#put(credential, fetch, fetched, known), performance.now() + STORE_WAIT_MS);
    this.#record(credential, fetch, fetched);
    // A request that could not be made says nothing about the server.
    const isFact = response.ok || !isOurFailure(response.tokenError);
    await Promise.all([
      isFact && this.producer.sendJson(tokenEvents, credential.id, eventOf(ask, credential.state, fetch, fetched, known, this.settings.defaultLifeSeconds)),
      this.#reply(ask, (correlation) => replyOf(correlation, response)),
    ]);
    if (stored === null) return 'unavailable';
    // Another owner was faster, and what it stored may be the answer. A test has had its own reply.
    if (!stored && ask.reason !== 'test') return 'overtaken';
    return response.ok ? 'fetched' : 'failed';
  }

  /** False = overtaken: the stored token is newer, or the stored failure lasts longer. */
  async #put({ id, state }: Viewed<'credential'>, fetch: Fetch, { response, at }: Fetched, known: Known): Promise<boolean> {
    if (!response.ok) return this.store.putFailure(id, failureOf(fetch, response, known, at));
    const sealed = sealToken(this.settings.ring, response.accessToken, state, fetch.generation);
    return this.store.put(id, entryOf(fetch, response, sealed, at, this.settings.defaultLifeSeconds));
  }

  async #reply(ask: Ask, toReply: (correlation: string) => Reply): Promise<void> {
    await Promise.all(ask.correlations.map((correlation) => this.producer.sendJson(replies, correlation, toReply(correlation))));
  }

  #record({ id, state }: Viewed<'credential'>, { generation }: Fetch, { response, durationMs }: Fetched): void {
    const outcome = outcomeOf(response);
    fetchesTotal.inc({ outcome });
    fetchSeconds.observe(durationMs / 1_000);
    const line = { credential: id, tenant: state.tenant, generation, outcome, durationMs: Math.round(durationMs) };
    if (outcome === 'internal') this.#logger.error(`credential ${id} makes no token request: check that CLIENT_KEYS opens it, and that the egress proxy answers`);
    this.#logger.log('token.fetch', response.ok ? line : { ...line, status: response.tokenError.httpStatus, code: response.tokenError.code });
  }
}

const outcomeOf = (response: TokenResponse): string => (response.ok ? 'token' : response.tokenError.class);
