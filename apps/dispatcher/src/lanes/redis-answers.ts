import { Logger } from '@nestjs/common';

/** How long Redis is not asked again after it did not answer. */
const AWAY_MS = 5_000;
/** How often the log says so while it lasts. */
const REMIND_EVERY_MS = 60_000;

/** Redis requests for callers that can go on without an answer while Redis is away. */
export class RedisAnswers {
  readonly #logger: Logger;
  #awayUntil = -Infinity;
  /** Absent while Redis answers. */
  #saidAt: number | undefined;

  /** `meanwhile`: what is done without Redis, as the end of a sentence. `now`: monotonic milliseconds. */
  constructor(
    asker: string,
    private readonly meanwhile: string,
    private readonly now: () => number,
  ) {
    this.#logger = new Logger(asker);
  }

  /** null = Redis is away, or was a moment ago. Never rejects. */
  async to<T>(ask: () => Promise<T>): Promise<T | null> {
    if (this.now() < this.#awayUntil) return null;
    try {
      const answer = await ask();
      if (this.#saidAt !== undefined) this.#logger.log('Redis answers again');
      this.#saidAt = undefined;
      return answer;
    } catch (error) {
      const now = this.now();
      if (this.#saidAt === undefined || now - this.#saidAt >= REMIND_EVERY_MS) {
        this.#saidAt = now;
        this.#logger.warn(`Redis does not answer, ${this.meanwhile}: ${String(error)}`);
      }
      this.#awayUntil = now + AWAY_MS;
      return null;
    }
  }
}
