import { refreshAt, type TokenTimes } from '@nuncio/auth';
import { Logger } from '@nestjs/common';
import type { Secret } from '@nuncio/sealing';
import kafkajs from 'kafkajs';

/** A token, and until when it may be sent (epoch milliseconds). */
export interface BearerToken extends TokenTimes {
  readonly value: Secret;
}

/** kafkajs authenticates a connection anew 10 s before its session ends, which is with its token: one that ends sooner would be followed by another at once. */
const LEAST_LEFT_MS = 15_000;
const AGAIN_AFTER_MS = 5_000;

/**
 * The token by which a process logs in to Kafka, shared by all its connections: fetched at first need, and again ahead of its end, so that it is at hand when a
 * connection has to authenticate anew. While there is none, brokers count as not reachable.
 */
export class BearerTokens {
  readonly #logger = new Logger('Kafka login');
  #token: BearerToken | null = null;
  #fetching: Promise<BearerToken> | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly fetch: () => Promise<BearerToken>,
    private readonly extensions: Readonly<Record<string, string>> = {},
  ) {}

  /** In the form that kafkajs asks for. Rejects with its error of a connection, which it sits out, where there is no token. */
  readonly provide = async (): Promise<{ value: string; extensions?: Record<string, string> }> => {
    const token = await this.#current();
    return { value: token.value.reveal(), ...(Object.keys(this.extensions).length && { extensions: { ...this.extensions } }) };
  };

  async #current(): Promise<BearerToken> {
    const token = this.#token;
    const now = Date.now();
    if (token && now < pointOf(token) && now < token.usableUntil - LEAST_LEFT_MS) return token;
    try {
      return await this.#fetch();
    } catch (error) {
      if (token && now < token.usableUntil) return token;
      throw new kafkajs.KafkaJSConnectionError(`no token to log in with: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Callers that ask meanwhile wait for the same token. */
  #fetch(): Promise<BearerToken> {
    this.#fetching ??= this.fetch()
      .then((token) => {
        this.#renewIn(pointOf(token) - Date.now());
        return (this.#token = token);
      })
      .finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  #renewIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#fetch().catch((error: unknown) => {
        this.#logger.warn(`the token is not renewed yet: ${String(error)}`);
        this.#renewIn(AGAIN_AFTER_MS);
      });
    }, Math.max(ms, 1_000)).unref();
  }
}

const pointOf = (token: BearerToken): number => refreshAt(token, 0.5);
