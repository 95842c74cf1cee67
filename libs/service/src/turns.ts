import { Injectable } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';

/** Requests in progress in this process. More would only wait for the database or the processor: a pool of connections has one for each. */
export const PLACES = 8;
/** Per tenant; lower, so that others always find a place. */
const PLACES_OF_TENANT = 4;
/** Requests of one tenant that may wait. */
const MOST_WAITING = 250;

/**
 * Makes tenants take turns, whatever the length of their queues, so that one with a single request does not wait for all requests of another. Callers
 * of no tenant count as one tenant.
 */
@Injectable()
export class Turns {
  #taken = 0;
  readonly #takenBy = new Map<string, number>();
  /** By tenant; the tenant whose turn is next comes first. */
  readonly #queues = new Map<string, (() => void)[]>();

  /** Does `work` when it is its turn. Throws Fault `too-many-requests` if the queue is full, and whatever `work` throws. */
  async during<T>(tenant: string | null, work: () => Promise<T>): Promise<T> {
    const whose = tenant ?? '';
    await this.#turnOf(whose);
    try {
      return await work();
    } finally {
      this.#leave(whose);
    }
  }

  #turnOf(whose: string): Promise<void> | undefined {
    if (this.#hasPlaceFor(whose)) {
      this.#take(whose);
      return undefined;
    }
    const queue = this.#queues.get(whose) ?? [];
    if (whose !== '' && queue.length >= MOST_WAITING) throw new Fault('too-many-requests', `${MOST_WAITING} requests of the tenant ${whose} wait already.`, { retriable: true, retryAfterSeconds: 1 });
    this.#queues.set(whose, queue);
    return new Promise((resolve) => {
      queue.push(resolve);
    });
  }

  #hasPlaceFor = (whose: string): boolean => this.#taken < PLACES && (this.#takenBy.get(whose) ?? 0) < PLACES_OF_TENANT;

  #take(whose: string): void {
    this.#taken++;
    this.#takenBy.set(whose, (this.#takenBy.get(whose) ?? 0) + 1);
  }

  #leave(whose: string): void {
    this.#taken--;
    const left = (this.#takenBy.get(whose) ?? 1) - 1;
    if (left > 0) this.#takenBy.set(whose, left);
    else this.#takenBy.delete(whose);
    for (const [next, queue] of this.#queues) {
      if (!this.#hasPlaceFor(next)) continue;
      // The tenant goes to the end of the queue.
      this.#queues.delete(next);
      const go = queue.shift();
      if (queue.length) this.#queues.set(next, queue);
      this.#take(next);
      go?.();
      return;
    }
  }
}
