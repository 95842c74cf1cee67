import { Logger } from '@nestjs/common';
import { answerFrom, maySend, refreshAt, spreadOf, type StoredToken } from '@nuncio/auth';
import { TOKEN_WAIT_MS, tokenRequests, type TokenEntry, type TokenRequest } from '@nuncio/contracts';
import type { TlsIdentity } from '@nuncio/egress';
import type { BatchProducer, Viewed } from '@nuncio/kafka';
import type { Secret } from '@nuncio/sealing';
import { isSampled } from '@nuncio/tracing';
import type { Turn } from './fleet-brake.js';
import { toGrant, type Grant } from './grant.js';
import { Refusals } from './refusals.js';
import { LookupOrder } from './lookup-order.js';

const POLL_EVERY_MS = 25;
/** After a failed refresh, the next one follows after a quarter of the token's remaining time, at least this. */
const REFRESH_AGAIN_MS = 1_000;

export interface TokenClientPorts {
  /** Reads what token-service has stored for these credentials, in one round trip, with times by the clock of `now`. */
  readonly readMany: (credentials: readonly string[]) => Promise<ReadonlyMap<string, StoredToken>>;
  /** Throws if the keys do not open it. */
  readonly unseal: (credential: Viewed<'credential'>, entry: TokenEntry) => Secret;
  /** The certificate that deliveries with this credential present in TLS, if it asks for that. Throws if the keys do not open it. */
  readonly identify: (credential: Viewed<'credential'>) => TlsIdentity | undefined;
  readonly credential: (id: string) => Viewed<'credential'> | undefined;
  readonly position: () => number;
  /** Decides whether the fleet has a newer token made for this callback now; with its pause in ms. */
  readonly brake: (callback: string, credential: string, generation: number, pauseMs: number) => Promise<Turn>;
  readonly producer: Pick<BatchProducer, 'sendJson'>;
  readonly now: () => number;
  /** Monotonic milliseconds, so that waits also end when the clock is put back. */
  readonly elapsed: () => number;
}

interface Held {
  readonly version: number;
  readonly generation: number;
  readonly bearer: Secret;
  readonly identity: TlsIdentity | undefined;
  readonly usableUntil: number;
  refreshAt: number;
}

/** A search for a token of a credential newer than `generation`, for all that wait for one. */
interface Search {
  readonly credential: string;
  readonly generation: number;
  readonly reason: TokenRequest['reason'];
  /** The span of the delivery that began it, if its trace is recorded. */
  readonly traceparent: string | undefined;
  /** When it was last asked for, by `elapsed`, and up to which `position` the configuration was known then. */
  asked: { readonly position: number; readonly at: number } | null;
  /** By position: failures from before it do not count. */
  readonly waiting: Map<number, Waiting>;
}

interface Waiting {
  readonly since: number;
  readonly answer: Promise<Grant>;
  readonly settle: (grant: Grant) => void;
}

/**
 * A dispatcher's tokens: in memory until their refresh point, then in Redis, then one request per credential to its owner while Redis is polled.
 * A credential is asked for once, however many deliveries wait.
 */
export class TokenClient {
  readonly #logger = new Logger('Tokens');
  readonly #held = new Map<string, Held>();
  readonly #refusals = new Refusals();
  readonly #searches = new Map<string, Search>();
  /** Renewals that the fleet has not decided yet, by callback, credential and generation. */
  readonly #renewals = new Map<string, Promise<boolean>>();
  readonly #order = new LookupOrder<Search>();
  #polling = false;
  #armed = false;
  #again = false;

  constructor(private readonly ports: TokenClientPorts) {}

  /** In the hot path: returns at once if a usable token is in memory. A failure from before `position` (an unblocking) does not count. */
  get(credential: string, position: number, traceparent?: string): Grant | Promise<Grant> {
    const held = this.#usable(credential);
    if (!held) return this.#search(credential, 0, position, 'miss', traceparent);
    if (this.ports.now() >= held.refreshAt) {
      held.refreshAt = Infinity;
      void this.#refresh(credential, held, position);
    }
    return granted(held);
  }

  /**
   * Returns a newer token after the callback's endpoint has refused this generation; it is asked for once, however many refused it. Other deliveries
   * do not wait for it. null = this callback gets none now, since it refuses every token (`Refusals`, `FleetBrake`).
   */
  renew(callback: string, credential: string, generation: number, position: number): Grant | Promise<Grant | null> | null {
    const user = userOf(callback, credential);
    const held = this.#usable(credential);
    if (held && held.generation > generation) return this.#refusals.refuses(user, held.generation) ? null : granted(held);
    const mayRenew = this.#refusals.mayRenew(user, generation, this.ports.now());
    const search = (): Promise<Grant> => this.#search(credential, generation, position, 'refused');
    if (this.#searches.has(keyOf(credential, generation))) return search();
    const key = `${user} ${generation}`;
    const renewal = this.#renewals.get(key) ?? (mayRenew ? this.#askFleet(key, callback, credential, generation) : null);
    return renewal?.then((goes) => (goes ? search() : null)) ?? null;
  }

  #askFleet(key: string, callback: string, credential: string, generation: number): Promise<boolean> {
    const user = userOf(callback, credential);
    const asked = this.ports.brake(callback, credential, generation, this.#refusals.pauseOf(user)).then(({ waitMs, pauseMs }) => {
      this.#renewals.delete(key);
      if (waitMs > 0) this.#refusals.waits(user, pauseMs, this.ports.now() + waitMs);
      return waitMs === 0;
    });
    this.#renewals.set(key, asked);
    return asked;
  }

  /** In the hot path: notes whether the callback's endpoint accepted this generation, if nothing is to be renewed. */
  told(callback: string, credential: string, generation: number, accepted: boolean): void {
    if (this.#refusals.isEmpty) return;
    const user = userOf(callback, credential);
    if (accepted) this.#refusals.accepted(user, generation);
    else this.#refusals.note(user, generation);
  }

  /** The credential no longer exists. */
  forget(credential: string): void {
    this.#held.delete(credential);
  }

  /** Refreshes in the background, while the present token is used. Nobody waits for it, so a failure is tried again. */
  async #refresh(credential: string, held: Held, position: number): Promise<void> {
    const grant = await this.#search(credential, held.generation, position, 'refresh');
    const now = this.ports.now();
    if (grant.kind !== 'granted') held.refreshAt = now + Math.max(REFRESH_AGAIN_MS, (held.usableUntil - now) / 4);
  }

  #usable(credential: string): Held | undefined {
    const held = this.#held.get(credential);
    return held && maySend(held, this.ports.now()) && held.version === this.ports.credential(credential)?.position ? held : undefined;
  }

  #search(credential: string, generation: number, position: number, reason: TokenRequest['reason'], traceparent?: string): Promise<Grant> {
    const key = keyOf(credential, generation);
    const search: Search = this.#searches.get(key) ?? { credential, generation, reason, traceparent: traceparent !== undefined && isSampled(traceparent) ? traceparent : undefined, asked: null, waiting: new Map() };
    this.#searches.set(key, search);
    const { waiting } = search;
    const before = waiting.get(position);
    if (before) return before.answer;
    const { promise, resolve } = Promise.withResolvers<Grant>();
    const settle = (grant: Grant): void => {
      waiting.delete(position);
      if (waiting.size === 0) {
        this.#searches.delete(key);
        this.#order.delete(search);
      }
      resolve(grant);
    };
    waiting.set(position, { since: this.ports.elapsed(), answer: promise, settle });
    // A request that joins with another position may find its answer in Redis already.
    this.#order.add(search);
    void this.#poll();
    return promise;
  }

  /** Looks up new searches at once, and every 25 ms some of the others, in turn. */
  async #poll(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    while (this.#order.hasFresh || this.#again) {
      const searches = this.#order.next(this.#again);
      this.#again = false;
      this.#arm();
      try {
        const found = await this.ports.readMany([...new Set(searches.map((search) => search.credential))]);
        for (const search of searches) this.#look(search, found.get(search.credential));
      } catch (error) {
        for (const { waiting } of searches) for (const each of waiting.values()) this.#giveUpLate(each, `the token cache is away: ${String(error)}`);
      }
    }
    this.#polling = false;
    this.#arm();
  }

  #arm(): void {
    if (this.#armed || this.#order.isEmpty) return;
    this.#armed = true;
    setTimeout(() => {
      this.#armed = false;
      this.#again = true;
      void this.#poll();
    }, POLL_EVERY_MS);
  }

  #look(search: Search, stored: StoredToken | undefined): void {
    const credential = this.ports.credential(search.credential);
    for (const [position, waiting] of search.waiting) {
      if (!credential) {
        waiting.settle({ kind: 'unavailable', detail: 'the credential is not there' });
        continue;
      }
      const answer = stored ? answerFrom(stored, { version: credential.position, generation: search.generation, position }, this.ports.now()) : ({ is: 'none' } as const);
      if (answer.is === 'token') waiting.settle(this.#hold(credential, answer.entry));
      else if (answer.is === 'failure') waiting.settle(toGrant(answer.failure.tokenError));
      else {
        if (!this.#isAsked(search, position)) this.#ask(search);
        this.#giveUpLate(waiting, 'no answer from token-service');
      }
    }
  }

  /** Whether an answer may still come that counts for those who wait since `position`. */
  #isAsked({ asked }: Search, position: number): boolean {
    return asked !== null && asked.position >= position && this.ports.elapsed() - asked.at <= TOKEN_WAIT_MS;
  }

  #ask(search: Search): void {
    const { credential, generation, reason, traceparent } = search;
    const asked = { position: this.ports.position(), at: this.ports.elapsed() };
    search.asked = asked;
    this.ports.producer.sendJson(tokenRequests, credential, { credential, generation, reason, correlation: null, traceparent, ...asked, at: this.ports.now() } satisfies TokenRequest).catch(() => {
      if (search.asked === asked) search.asked = null;
    });
  }

  #giveUpLate({ since, settle }: Waiting, detail: string): void {
    if (this.ports.elapsed() - since > TOKEN_WAIT_MS) settle({ kind: 'unavailable', detail });
  }

  /** A token that the keys do not open is no refusal: the operator has to correct the keys, and another token would not open either. */
  #hold(credential: Viewed<'credential'>, entry: TokenEntry): Grant {
    const { id } = credential;
    const { version, generation, usableUntil } = entry;
    try {
      const [bearer, identity] = [this.ports.unseal(credential, entry), this.ports.identify(credential)];
      const held: Held = { version, generation, usableUntil, bearer, identity, refreshAt: refreshAt(entry, spreadOf(id, generation)) };
      this.#held.set(id, held);
      return granted(held);
    } catch (error) {
      this.#logger.error(`The token of credential ${id}, or its client certificate, cannot be opened. TOKEN_KEYS must be the same as token-service's, SIGNING_KEYS the same as config-service's. ${String(error)}`);
      return { kind: 'unavailable', detail: 'the token does not open with the keys of this dispatcher' };
    }
  }
}

/** The key of a callback with a credential. */
const userOf = (callback: string, credential: string): string => `${callback} ${credential}`;
const keyOf = (credential: string, generation: number): string => `${credential} ${generation}`;

const granted = (held: Held): Grant => ({ kind: 'granted', bearer: held.bearer.reveal(), generation: held.generation, usableUntil: held.usableUntil, identity: held.identity });
