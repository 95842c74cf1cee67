import { answerFrom, type StoredToken } from '@nuncio/auth';
import { TOKEN_WAIT_MS, tokenRequests, type TokenEntry, type TokenRequest } from '@nuncio/contracts';
import type { BatchProducer, Viewed } from '@nuncio/kafka';
import { isSampled } from '@nuncio/tracing';
import { toGrant, type Grant } from './grant.js';
import { LookupOrder } from './lookup-order.js';

const POLL_EVERY_MS = 25;

export interface TokenSearchPorts {
  /** Reads what token-service has stored for these credentials, in one round trip, with times by the clock of `now`. */
  readonly readMany: (credentials: readonly string[]) => Promise<ReadonlyMap<string, StoredToken>>;
  readonly credential: (id: string) => Viewed<'credential'> | undefined;
  readonly position: () => number;
  readonly producer: Pick<BatchProducer, 'sendJson'>;
  readonly now: () => number;
  /** Monotonic milliseconds, so that waits also end when the clock is put back. */
  readonly elapsed: () => number;
}

/** What is searched for: a token of a credential newer than `generation`. `position`: failures from before it do not count. `traceparent`: the span of a delivery that wants it. */
interface Wanted {
  readonly credential: string;
  readonly generation: number;
  readonly position: number;
  readonly reason: TokenRequest['reason'];
  readonly traceparent?: string | undefined;
}

/** A search for a token of a credential newer than `generation`, for all that wait for one. */
interface Search extends Pick<Wanted, 'credential' | 'generation' | 'reason'> {
  /** The span of the delivery that began it, if its trace is recorded. */
  readonly traceparent: string | undefined;
  /** When it was last asked for, by `elapsed`, and up to which `position` the configuration was known then. */
  asked: { readonly position: number; readonly at: number } | null;
  /** By position. */
  readonly waiting: Map<number, Waiting>;
}

interface Waiting {
  readonly since: number;
  readonly answer: Promise<Grant>;
  readonly settle: (grant: Grant) => void;
}

/**
 * Tokens that are not in memory: looked up in Redis, then requested from their owner, one request per credential, while Redis is polled.
 * A credential is asked for once, however many deliveries wait.
 */
export class TokenSearch {
  readonly #searches = new Map<string, Search>();
  readonly #order = new LookupOrder<Search>();
  #polling = false;
  #armed = false;
  #again = false;

  /** `take`: keeps a token that was found. */
  constructor(
    private readonly ports: TokenSearchPorts,
    private readonly take: (credential: Viewed<'credential'>, entry: TokenEntry) => Grant,
  ) {}

  /** Whether somebody waits for a token of the credential newer than this generation. */
  isUnderWay(credential: string, generation: number): boolean {
    return this.#searches.has(keyOf(credential, generation));
  }

  find({ credential, generation, position, reason, traceparent }: Wanted): Promise<Grant> {
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
      if (answer.is === 'token') waiting.settle(this.take(credential, answer.entry));
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
}

const keyOf = (credential: string, generation: number): string => `${credential} ${generation}`;
