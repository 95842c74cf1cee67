import { refreshAt, type TokenTimes } from '@nuncio/auth';
import { Logger } from '@nestjs/common';
import type { Secret } from '@nuncio/sealing';
import kafkajs from 'kafkajs';

/** A token, and until when it may be sent, in epoch milliseconds. */
export interface BearerToken extends TokenTimes {
  readonly value: Secret;
}

/**
 * A connection authenticates again up to 10 s before its session ends (kafkajs-connection.ts), which is when its token ends: a token that ends sooner would be replaced at
 * once. One that lives shorter is used for half of its life.
 */
const LEAST_LEFT_MS = 15_000;
const leastLeftMs = ({ receivedAt, usableUntil }: TokenTimes): number => Math.min(LEAST_LEFT_MS, (usableUntil - receivedAt) / 2);
const AGAIN_AFTER_MS = 5_000;

/**
 * The token with which a process logs in to Kafka, shared by all its connections. It is fetched when it is first needed, and again before its end, so
 * that it is there when a connection has to authenticate again. While there is none, brokers count as unreachable.
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

  /** In the form that kafkajs expects. If there is no token, it rejects with kafkajs' error of a connection, which kafkajs retries. */
  readonly provide = async (): Promise<{ value: string; extensions?: Record<string, string> }> => {
    const token = await this.#current();
    return { value: token.value.reveal(), ...(Object.keys(this.extensions).length && { extensions: { ...this.extensions } }) };
  };

  async #current(): Promise<BearerToken> {
    const token = this.#token;
    const now = Date.now();
    if (token && now < pointOf(token) && now < token.usableUntil - leastLeftMs(token)) return token;
    try {
      return await this.#fetch();
    } catch (error) {
      if (token && now < token.usableUntil) return token;
      throw new kafkajs.KafkaJSConnectionError(`no token to log in with: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Callers that ask meanwhile get the same token. */
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
        this.#logger.warn(`The access token for Kafka could not be renewed; trying again: ${String(error)}`);
        this.#renewIn(AGAIN_AFTER_MS);
      });
    }, Math.max(ms, 1_000)).unref();
  }
}

const pointOf = (token: BearerToken): number => refreshAt(token, 0.5);
