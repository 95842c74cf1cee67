import { Logger } from '@nestjs/common';
import type { RetryPolicy } from '@nuncio/contracts';
import type { ConfigView } from '@nuncio/kafka';

const DAY_MS = 86_400_000;
/** A retry may be held for a day, and its attempt takes a moment. */
const SPARE_DAYS = 1;

/** How many days the retries of a delivery can take. */
export const daysOf = ({ delaysSeconds, jitter }: Pick<RetryPolicy, 'delaysSeconds' | 'jitter'>): number =>
  Math.ceil((delaysSeconds.reduce((sum, seconds) => sum + seconds * 1_000, 0) * (1 + jitter)) / DAY_MS) + SPARE_DAYS;

/**
 * How many whole days the log keeps its rows: the operator's setting, and never less than the longest retry schedule, since the last failure belongs
 * to the event at its beginning. A schedule that becomes shorter counts until the next start.
 */
export class Retention {
  readonly #logger = new Logger('Retention');
  #days: number;

  constructor(
    asked: number,
    view: Pick<ConfigView, 'all' | 'onChange'>,
  ) {
    this.#days = asked;
    const longest = Math.max(0, ...Array.from(view.all('callback'), ({ state }) => daysOf(state.retry)));
    this.#atLeast(longest, asked);
    view.onChange((record) => {
      if (record.kind === 'callback' && record.state) this.#atLeast(daysOf(record.state.retry), asked);
    });
  }

  get days(): number {
    return this.#days;
  }

  #atLeast(days: number, asked: number): void {
    if (days <= this.#days) return;
    this.#days = days;
    this.#logger.warn(`RETENTION_DAYS=${asked} is shorter than the longest retry schedule: ${days} days are kept`);
  }
}
