import { setTimeout as delay } from 'node:timers/promises';
import { makeClientKey } from '@nuncio/auth';
import type { AssertionAlgorithm } from '@nuncio/contracts';

/** Making an RSA key takes a core for a tenth of a second, at times for half a second. */
const isCostly = (algorithm: AssertionAlgorithm): boolean => algorithm === 'RS256' || algorithm === 'PS256';
/** Between two costly keys of one tenant. */
const EVERY_MS = 1_000;
/** Above this number, tenants whose time has passed are forgotten. */
const MANY = 1_000;

interface KeyTurnsPorts {
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
}

/**
 * Makes client keys one at a time, and at most one costly key a second for each tenant. Without this limit a tenant could use up a whole core.
 */
export class KeyTurns {
  #making: Promise<unknown> = Promise.resolve();
  /** By tenant: when its next costly key may be made. */
  readonly #nextAt = new Map<string, number>();

  constructor(private readonly ports: KeyTurnsPorts = { now: () => performance.now(), pause: delay }) {}

  /** `tenant` null = a caller of no tenant, who does not wait. */
  async make(tenant: string | null, algorithm: AssertionAlgorithm): ReturnType<typeof makeClientKey> {
    if (tenant !== null && isCostly(algorithm)) await this.#turnOf(tenant);
    const next = this.#making.then(() => makeClientKey(algorithm));
    this.#making = next.catch(() => undefined);
    return next;
  }

  async #turnOf(tenant: string): Promise<void> {
    const now = this.ports.now();
    const at = Math.max(this.#nextAt.get(tenant) ?? 0, now);
    if (this.#nextAt.size >= MANY) for (const [other, next] of this.#nextAt) if (next <= now) this.#nextAt.delete(other);
    this.#nextAt.set(tenant, at + EVERY_MS);
    if (at > now) await this.ports.pause(at - now);
  }
}
