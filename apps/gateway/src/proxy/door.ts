import { Fault, isFault } from '@nuncio/contracts';
import { RateLimit, type AuthGuard } from '@nuncio/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { networkOf, STRANGERS_PER_SECOND, strangersWait } from '../strangers.js';
import type { Place, Places } from './places.js';

/**
 * Refuses requests before their body is read: from a caller above their rate, or with their share of the connections in use. It decides nothing else; the
 * service behind authorizes the request, and refuses unknown callers. Those share the places of their network.
 */
export class Door {
  readonly #rate: RateLimit;
  readonly #strangers = new RateLimit(STRANGERS_PER_SECOND);
  readonly #held = new WeakMap<FastifyRequest, Held>();

  constructor(
    private readonly guard: Pick<AuthGuard, 'admit'>,
    perSecond: number,
  ) {
    this.#rate = new RateLimit(perSecond);
  }

  /** Why the request is refused; null = it is let in, and holds a place. */
  async refusal(request: FastifyRequest, reply: FastifyReply, places: Places): Promise<Fault | null> {
    const whose = await this.#whose(request);
    if (isFault(whose)) return whose;
    // A closed connection has no further `close` event, so the place would never be left.
    if (request.raw.socket.destroyed) return new Fault('unavailable', 'The caller has hung up.');
    const place = places.take(whose);
    if (!place) return new Fault('too-many-requests', 'Too many requests of this tenant are under way; send the next one when one of them is answered.', { retriable: true, retryAfterSeconds: 1 });
    const held = new Held(place);
    this.#held.set(request, held);
    reply.raw.once('close', () => {
      held.closed();
    });
    return null;
  }

  /** What a request holds until both sides are done: after a caller hangs up, the service is still working. */
  heldBy(request: FastifyRequest): Held | undefined {
    return this.#held.get(request);
  }

  async #whose({ headers, ip }: FastifyRequest): Promise<string | null | Fault> {
    try {
      const { tenant } = await this.guard.admit(headers.authorization, this.#rate);
      return tenant === null ? null : `tenant ${tenant}`;
    } catch (error) {
      if (isFault(error, 'too-many-requests')) return error;
      const network = networkOf(ip);
      // An invalid token costs the service as much again as it has cost here.
      const waitMs = isFault(error, 'unauthenticated') ? this.#strangers.take(network, performance.now()) : 0;
      return waitMs > 0 ? strangersWait(waitMs) : `network ${network}`;
    }
  }
}

class Held {
  #isAsked = false;
  #isClosed = false;

  constructor(private readonly place: Place) {}

  /** The service has the request. */
  asked(): void {
    this.#isAsked = true;
  }

  /** The service has answered, or never will. The rest of an answer that nobody reads is not read here either. */
  answered(): void {
    this.#isAsked = false;
    this.#look();
  }

  closed(): void {
    this.#isClosed = true;
    this.#look();
  }

  #look(): void {
    if (this.#isClosed && !this.#isAsked) this.place.leave();
  }
}
