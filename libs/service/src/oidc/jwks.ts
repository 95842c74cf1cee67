import { Logger } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';
import { createLocalJWKSet, errors, type CryptoKey, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';

const ANSWER_WITHIN_MS = 5_000;
/** For a key that is not known, and the next try after a failure while some are. */
const ASK_AGAIN_MS = 60_000;
/** So that what was withdrawn is not trusted for longer. */
const KEPT_MS = 600_000;
/** While no key is known at all. */
const RETRY_MS = 1_000;

type Keys = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

/**
 * The issuer's public keys (RFC 7517 §5), from the operator's URL. jose's own remote set asks for each unknown key while the server is away, and refuses every
 * token once its copy is old; here a server that is away costs nothing but new keys, and it is asked at most once a minute.
 */
export class Jwks {
  readonly #logger = new Logger('Jwks');
  #keys: Keys | null = null;
  #askedAt = -Infinity;
  #asking: Promise<void> | null = null;

  constructor(
    private readonly url: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Throws jose's `JWKSNoMatchingKey`, and Fault `unavailable` while none is known at all. */
  readonly key: Keys = async (header, token) => {
    if (!this.#keys) await this.#ask(RETRY_MS);
    else if (this.now() - this.#askedAt > KEPT_MS) void this.#ask(ASK_AGAIN_MS);
    try {
      return await this.#known()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#ask(ASK_AGAIN_MS);
      return this.#known()(header, token);
    }
  };

  #known(): Keys {
    if (!this.#keys) throw new Fault('unavailable', 'The keys that tokens are checked with cannot be had now.', { retriable: true, retryAfterSeconds: 1 });
    return this.#keys;
  }

  /** Together with whoever asks already; not at all when it was done less than `apartMs` ago. */
  async #ask(apartMs: number): Promise<void> {
    if (!this.#asking && this.now() - this.#askedAt < apartMs) return;
    this.#asking ??= this.#fetch().finally(() => (this.#asking = null));
    await this.#asking;
  }

  async #fetch(): Promise<void> {
    this.#askedAt = this.now();
    try {
      // eslint-disable-next-line no-restricted-globals -- the operator's own address, out of the settings
      const answer = await fetch(this.url, { headers: { accept: 'application/jwk-set+json, application/json' }, redirect: 'error', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      if (answer.status !== 200) throw new Error(`status ${answer.status}`);
      this.#keys = createLocalJWKSet((await answer.json()) as JSONWebKeySet);
    } catch (error) {
      this.#logger.warn(`${this.url} gives no keys: ${String(error)}`);
    }
  }
}
