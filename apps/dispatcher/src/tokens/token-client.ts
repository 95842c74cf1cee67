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

/** Waits for a token newer than `generation`. */
interface Search {
  readonly credential: string;
  readonly generation: number;
  /** Failures from before this position are forgiven. */
  readonly position: number;
  readonly since: number;
  readonly reason: TokenRequest['reason'];
  asked: boolean;
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
    if (held) this.#held.delete(credential);
    return this.#search(credential, generation, position, 'refused');
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

  #search(credential: string, generation: number, position: number, reason: TokenRequest['reason']): Promise<Grant> {
    const key = `${credential} ${generation} ${position}`;
    const running = this.#searches.get(key);
    if (running) return running.answer;
    const { promise, resolve } = Promise.withResolvers<Grant>();
    const settle = (grant: Grant): void => {
      this.#searches.delete(key);
      resolve(grant);
    };
    this.#searches.set(key, { credential, generation, position, reason, since: this.ports.now(), asked: false, answer: promise, settle });
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
      for (const search of searches) this.#giveUpLate(search, `the token cache is away: ${String(error)}`);
    }
    this.#polling = false;
    if (this.#searches.size) this.#timer = setTimeout(() => void this.#poll(), POLL_EVERY_MS);
  }

  #look(search: Search, stored: StoredToken | undefined): void {
    const credential = this.ports.credential(search.credential);
    if (!credential) {
      search.settle({ kind: 'unavailable', detail: 'the credential is not there' });
      return;
    }
    const need = { version: credential.position, generation: search.generation, position: search.position };
    const answer = stored ? answerFrom(stored, need, this.ports.now()) : ({ is: 'none' } as const);
    if (answer.is === 'token') search.settle(this.#hold(credential, answer.entry));
    else if (answer.is === 'failure') search.settle(toGrant(answer.failure.tokenError));
    else {
      if (!search.asked) this.#ask(search);
      this.#giveUpLate(search, 'no answer from token-service');
    }
  }

  #ask(search: Search): void {
    search.asked = true;
    const { credential, generation, reason } = search;
    const request: TokenRequest = { credential, position: this.ports.position(), generation, reason, at: this.ports.now(), correlation: null };
    this.ports.producer.sendJson(tokenRequests, credential, request).catch(() => {
      search.asked = false;
    });
  }

  #giveUpLate(search: Search, detail: string): void {
    if (this.ports.now() - search.since > TOKEN_WAIT_MS) search.settle({ kind: 'unavailable', detail });
  }

  /** A token that our keys do not open is nobody's refusal: it is for the operator to mend, and another one would not open either. */
  #hold(credential: Viewed<'credential'>, entry: TokenEntry): Grant {
    const { id } = credential;
    const { version, generation, usableUntil } = entry;
    try {
      const [bearer, identity] = [this.ports.unseal(credential, entry), this.ports.identify(credential)];
      const held: Held = { version, generation, usableUntil, bearer, identity, refreshAt: refreshAt(entry, spreadOf(id, generation)) };
      this.#held.set(id, held);
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
