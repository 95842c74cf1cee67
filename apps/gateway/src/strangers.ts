import { Fault } from '@nuncio/contracts';
import { bearerOf, looksLikeJwt, looksLikePortalToken, RateLimit, type KeyOwners, type Principals } from '@nuncio/service';
import type { Config } from './config.js';

/**
 * Requests a second with unknown API keys, from one address: each may cost a look-up in the database. Behind a load balancer all clients share one
 * address.
 */
export const STRANGERS_PER_SECOND = 100;

/**
 * Limits the rate of requests with unknown API keys by address. A known key is never delayed, whatever else comes from its address. Access tokens and
 * portal sessions do not count, since refusing them costs no look-up.
 */
export class Strangers {
  readonly #rate = new RateLimit(STRANGERS_PER_SECOND);
  readonly #takesTokens: boolean;
  readonly #takesPortalSessions: boolean;

  constructor(
    config: Pick<Config, 'OIDC_ISSUER' | 'PORTAL_PUBLIC_KEYS'>,
    private readonly owners: KeyOwners,
    private readonly principals: Pick<Principals, 'find'>,
  ) {
    this.#takesTokens = config.OIDC_ISSUER !== undefined;
    this.#takesPortalSessions = config.PORTAL_PUBLIC_KEYS !== undefined;
  }

  /** null = the request may go on. */
  async refusal(authorization: string | undefined, address: string): Promise<Fault | null> {
    const credentials = bearerOf(authorization);
    const isToken = (this.#takesTokens && looksLikeJwt(credentials)) || (this.#takesPortalSessions && looksLikePortalToken(credentials));
    if (!credentials || isToken || (await this.owners.find(credentials, this.principals))) return null;
    const waitMs = this.#rate.take(networkOf(address), performance.now());
    return waitMs > 0 ? strangersWait(waitMs) : null;
  }
}

export const strangersWait = (waitMs: number): Fault =>
  new Fault('too-many-requests', 'Too many requests without valid credentials come from this address.', { retriable: true, retryAfterSeconds: Math.ceil(waitMs / 1_000) });

const GROUPS = 8;

/** The network of an address. Whoever has one IPv6 address usually has the whole /64 (RFC 6177). */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  if (!address.includes(':')) return address;
  const [head = [], tail = []] = address.split('::').map((half) => half.split(':').filter(Boolean));
  return [...head, ...Array<string>(Math.max(0, GROUPS - head.length - tail.length)).fill('0'), ...tail].slice(0, 4).join(':').toLowerCase();
}
