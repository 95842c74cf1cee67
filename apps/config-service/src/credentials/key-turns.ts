import { setTimeout as delay } from 'node:timers/promises';
import { makeClientKey } from '@nuncio/auth';
import type { AssertionAlgorithm } from '@nuncio/contracts';

/** An RSA key takes a core for a tenth of a second, and sometimes for half of one. */
const isCostly = (algorithm: AssertionAlgorithm): boolean => algorithm === 'RS256' || algorithm === 'PS256';
/** Between two costly keys of one tenant. */
const EVERY_MS = 1_000;
/** Tenants come and go. */
const MANY = 1_000;

export interface KeyTurnsPorts {
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
}

/** Client keys are made one after the other, and of one tenant a costly one a second: a tenant that made them without end had a whole core. */
export class KeyTurns {
  #making: Promise<unknown> = Promise.resolve();
  /** When a tenant may have its next one. */
  readonly #nextAt = new Map<string, number>();

  constructor(private readonly ports: KeyTurnsPorts = { now: () => performance.now(), pause: delay }) {}

  /** `tenant` null = of the company, which waits for no turn. */
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
