import { Logger } from '@nestjs/common';
import { answerFrom, maySend, refreshAt, spreadOf, type StoredToken } from '@nuncio/auth';
import { TOKEN_WAIT_MS, tokenRequests, type TokenEntry, type TokenError, type TokenRequest } from '@nuncio/contracts';
import type { TlsIdentity } from '@nuncio/egress';
import type { BatchProducer, Viewed } from '@nuncio/kafka';
import type { Secret } from '@nuncio/sealing';

const POLL_EVERY_MS = 25;
/** After a refresh that came to nothing the next one is a quarter of what is left of the token later, at least this. */
const REFRESH_AGAIN_MS = 1_000;

/** What came of asking for a token. `granted`: not to be sent from `usableUntil` on. `refused`: the authorization server's doing. `unavailable`: ours. */
export type Grant =
  | { readonly kind: 'granted'; readonly bearer: string | null; readonly generation: number; readonly usableUntil: number; readonly identity?: TlsIdentity | undefined }
  | { readonly kind: 'refused'; readonly tokenError: TokenError }
  | { readonly kind: 'unavailable'; readonly detail: string };

export interface TokenClientPorts {
  /** What token-service has left for these credentials, in one round trip, with times by the clock of `now`. */
  readonly readMany: (credentials: readonly string[]) => Promise<ReadonlyMap<string, StoredToken>>;
  /** Throws where our keys do not open it. */
  readonly unseal: (credential: Viewed<'credential'>, entry: TokenEntry) => Secret;
  /** What deliveries with this credential show in TLS, if it asks for that. Throws where our keys do not open it. */
  readonly identify: (credential: Viewed<'credential'>) => TlsIdentity | undefined;
  readonly credential: (id: string) => Viewed<'credential'> | undefined;
  readonly position: () => number;
  readonly producer: Pick<BatchProducer, 'sendJson'>;
  readonly now: () => number;
}

interface Held {
  readonly version: number;
  readonly generation: number;
  readonly bearer: Secret;
  readonly identity: TlsIdentity | undefined;
  readonly usableUntil: number;
  refreshAt: number;
}

/** Looks for a token of a credential newer than `generation`, for all that wait for one. */
interface Search {
  readonly credential: string;
  readonly generation: number;
  readonly reason: TokenRequest['reason'];
  /** When it was asked for last, knowing configuration up to `position`. */
  asked: { readonly position: number; readonly at: number } | null;
  /** By the position from before which failures are forgiven. */
  readonly waiting: Map<number, Waiting>;
}

interface Waiting {
  readonly since: number;
  readonly answer: Promise<Grant>;
  readonly settle: (grant: Grant) => void;
}

/**
 * A dispatcher's tokens: in memory until their refresh point, then in Redis, then one request per credential to its owner while Redis is polled.
 * However many deliveries wait, a credential is asked for once.
 */
export class TokenClient {
  readonly #logger = new Logger('Tokens');
  readonly #held = new Map<string, Held>();
  /** The generation of each credential that an endpoint refused, until a newer one is held: Redis may have it for long. */
  readonly #refused = new Map<string, number>();
  readonly #searches = new Map<string, Search>();
  #timer: NodeJS.Timeout | undefined;
  #polling = false;

  constructor(private readonly ports: TokenClientPorts) {}

  /** In the hot path: at once when there is a usable token in memory. A failure from before `position` (an unblocking) counts as none. */
  get(credential: string, position: number): Grant | Promise<Grant> {
    const held = this.#usable(credential);
    if (!held) return this.#search(credential, 0, position, 'miss');
    if (this.ports.now() >= held.refreshAt) {
      held.refreshAt = Infinity;
      void this.#refresh(credential, held, position);
    }
    return granted(held);
  }

  /** The endpoint answered 401 to this generation: a newer one, asked for once however many were refused. */
  async refused(credential: string, generation: number, position: number): Promise<Grant> {
    const held = this.#usable(credential);
    if (held && held.generation > generation) return granted(held);
    this.#held.delete(credential);
    this.#refused.set(credential, this.#above(credential, generation));
    return this.#search(credential, generation, position, 'refused');
  }

  /** The credential is there no more. */
  forget(credential: string): void {
    this.#held.delete(credential);
    this.#refused.delete(credential);
  }

  /** In the background, while the token that is held goes on being used. Nobody waits for it, so that what goes wrong is tried again. */
  async #refresh(credential: string, held: Held, position: number): Promise<void> {
    const grant = await this.#search(credential, held.generation, position, 'refresh');
    const now = this.ports.now();
    if (grant.kind !== 'granted') held.refreshAt = now + Math.max(REFRESH_AGAIN_MS, (held.usableUntil - now) / 4);
  }

  #usable(credential: string): Held | undefined {
    const held = this.#held.get(credential);
    return held && maySend(held, this.ports.now()) && held.version === this.ports.credential(credential)?.position ? held : undefined;
  }

  /** What a newer token than `generation` must be newer than. */
  #above(credential: string, generation: number): number {
    return Math.max(generation, this.#refused.get(credential) ?? 0);
  }

  #search(credential: string, heldGeneration: number, position: number, reason: TokenRequest['reason']): Promise<Grant> {
    const generation = this.#above(credential, heldGeneration);
    const key = `${credential} ${generation}`;
    const search: Search = this.#searches.get(key) ?? { credential, generation, reason, asked: null, waiting: new Map() };
    this.#searches.set(key, search);
    const waiting = search.waiting.get(position);
    if (waiting) return waiting.answer;
    const { promise, resolve } = Promise.withResolvers<Grant>();
    const settle = (grant: Grant): void => {
      search.waiting.delete(position);
      if (search.waiting.size === 0) this.#searches.delete(key);
      resolve(grant);
    };
    search.waiting.set(position, { since: this.ports.now(), answer: promise, settle });
    void this.#poll();
    return promise;
  }

  async #poll(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    clearTimeout(this.#timer);
    const searches = [...this.#searches.values()];
    try {
      const found = await this.ports.readMany([...new Set(searches.map((search) => search.credential))]);
      for (const search of searches) this.#look(search, found.get(search.credential));
    } catch (error) {
      for (const { waiting } of searches) for (const each of waiting.values()) this.#giveUpLate(each, `the token cache is away: ${String(error)}`);
    }
    this.#polling = false;
    if (this.#searches.size) this.#timer = setTimeout(() => void this.#poll(), POLL_EVERY_MS);
  }

  #look(search: Search, stored: StoredToken | undefined): void {
    const credential = this.ports.credential(search.credential);
    // A token that was refused since the search began is no answer either; who was refused asks for another.
    const generation = this.#above(search.credential, search.generation);
    for (const [position, waiting] of search.waiting) {
      if (!credential) {
        waiting.settle({ kind: 'unavailable', detail: 'the credential is not there' });
        continue;
      }
      const answer = stored ? answerFrom(stored, { version: credential.position, generation, position }, this.ports.now()) : ({ is: 'none' } as const);
      if (answer.is === 'token') waiting.settle(this.#hold(credential, answer.entry));
      else if (answer.is === 'failure') waiting.settle(toGrant(answer.failure.tokenError));
      else {
        if (generation === search.generation && !this.#isAsked(search, position)) this.#ask(search);
        this.#giveUpLate(waiting, 'no answer from token-service');
      }
    }
  }

  /** Whether an answer may still come that is good for those who wait since `position`. */
  #isAsked({ asked }: Search, position: number): boolean {
    return asked !== null && asked.position >= position && this.ports.now() - asked.at <= TOKEN_WAIT_MS;
  }

  #ask(search: Search): void {
    const { credential, generation, reason } = search;
    const asked = { position: this.ports.position(), at: this.ports.now() };
    search.asked = asked;
    this.ports.producer.sendJson(tokenRequests, credential, { credential, generation, reason, correlation: null, ...asked } satisfies TokenRequest).catch(() => {
      if (search.asked === asked) search.asked = null;
    });
  }

  #giveUpLate({ since, settle }: Waiting, detail: string): void {
    if (this.ports.now() - since > TOKEN_WAIT_MS) settle({ kind: 'unavailable', detail });
  }

  /** A token that our keys do not open is nobody's refusal: it is for the operator to mend, and another one would not open either. */
  #hold(credential: Viewed<'credential'>, entry: TokenEntry): Grant {
    const { id } = credential;
    const { version, generation, usableUntil } = entry;
    try {
      const [bearer, identity] = [this.ports.unseal(credential, entry), this.ports.identify(credential)];
      const held: Held = { version, generation, usableUntil, bearer, identity, refreshAt: refreshAt(entry, spreadOf(id, generation)) };
      this.#held.set(id, held);
      if (generation > this.#above(id, 0)) this.#refused.delete(id);
      return granted(held);
    } catch (error) {
      this.#logger.error(`the token of credential ${id}, or its certificate, does not open: are TOKEN_KEYS and SIGNING_KEYS those of the other services? ${String(error)}`);
      return { kind: 'unavailable', detail: 'the token does not open with the keys of this dispatcher' };
    }
  }
}

/** Only the authorization server's own behaviour is a refusal; what token-service could not do is ours. */
const toGrant = (tokenError: TokenError): Grant =>
  tokenError.class === 'internal' ? { kind: 'unavailable', detail: 'token-service cannot ask for this credential' } : { kind: 'refused', tokenError };

const granted = (held: Held): Grant => ({ kind: 'granted', bearer: held.bearer.reveal(), generation: held.generation, usableUntil: held.usableUntil, identity: held.identity });
