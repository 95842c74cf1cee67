import { Logger } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';
import { createLocalJWKSet, errors, type CryptoKey, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';

const ANSWER_WITHIN_MS = 5_000;
/** The least time between two requests for an unknown key, or after a failure while some keys are known. */
const ASK_AGAIN_MS = 60_000;
/** Keys are fetched again after this time, so that a withdrawn key is not trusted for longer. */
const KEPT_MS = 600_000;
/** The least time between two tries while no key is known. */
const RETRY_MS = 1_000;

type Keys = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

/**
 * The issuer's public keys (RFC 7517 §5), from the operator's URL. jose's own remote set requests each unknown key while the server is away, and
 * refuses every token once its copy is old. Here, while the server is away only new keys are unknown, and it is asked at most once a minute.
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

  /** Throws jose's `JWKSNoMatchingKey`, and Fault `unavailable` while no key is known at all. */
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
    if (!this.#keys) throw new Fault('unavailable', 'The keys for checking tokens are not available now.', { retriable: true, retryAfterSeconds: 1 });
    return this.#keys;
  }

  /** Fetches the keys. Concurrent calls share one request; nothing is done if the last one was less than `apartMs` ago. */
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
