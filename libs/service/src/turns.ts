import { Injectable } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';

/** Requests under way in this process. More would wait for the database, or for the processor, all the same: a pool of connections has one for each. */
export const PLACES = 8;
/** Of one tenant, so that there always is one for somebody else. */
const PLACES_OF_TENANT = 4;
/** Requests of a tenant that wait for its turn. */
const MOST_WAITING = 250;

/** Requests take turns between tenants, whatever the length of their queues: who asks once does not wait for all that another one asks. Callers of no tenant are like one of their own. */
@Injectable()
export class Turns {
  #taken = 0;
  readonly #takenBy = new Map<string, number>();
  /** By tenant, the one whose turn is next first. */
  readonly #queues = new Map<string, (() => void)[]>();

  /** When it is its turn, and holding its place meanwhile. Throws Fault `too-many-requests`, and whatever `work` throws. */
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
      // To the end of the queue of tenants.
      this.#queues.delete(next);
      const go = queue.shift();
      if (queue.length) this.#queues.set(next, queue);
      this.#take(next);
      go?.();
      return;
    }
  }
}
