import { Fault, isFault } from '@nuncio/contracts';
import { RateLimit, type AuthGuard } from '@nuncio/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { networkOf, STRANGERS_PER_SECOND, strangersWait } from '../strangers.js';
import type { Place, Places } from './places.js';

/**
 * Before a request's body is read: whoever sends too many is refused here, and whoever has their share of the connections under way. It decides nothing else: the service behind
 * says who may do what, and refuses strangers, who share the places of their network.
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

  /** Why it may not come in; null = it may, and holds a place. */
  async refusal(request: FastifyRequest, reply: FastifyReply, places: Places): Promise<Fault | null> {
    const whose = await this.#whose(request);
    if (isFault(whose)) return whose;
    // Their connection closes no more, so that a place would be theirs for ever.
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

  /** What a request holds until it is over on both sides: a caller who hangs up leaves the service at work. */
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
      // A token that is not valid costs the service as much again as it has cost here.
      const waitMs = isFault(error, 'unauthenticated') ? this.#strangers.take(network, performance.now()) : 0;
      return waitMs > 0 ? strangersWait(waitMs) : `network ${network}`;
    }
  }
}

export class Held {
  #isAsked = false;
  #isClosed = false;

  constructor(private readonly place: Place) {}

  /** The service has the request. */
  asked(): void {
    this.#isAsked = true;
  }

  /** It has answered, or will not. What is left of an answer that nobody reads is not read here either. */
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
