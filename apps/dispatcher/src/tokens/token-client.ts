import { Logger } from '@nestjs/common';
import { maySend, refreshAt, spreadOf } from '@nuncio/auth';
import type { TokenEntry } from '@nuncio/contracts';
import type { TlsIdentity } from '@nuncio/egress';
import type { Viewed } from '@nuncio/kafka';
import type { Secret } from '@nuncio/sealing';
import type { Turn } from './fleet-brake.js';
import type { Grant } from './grant.js';
import { Refusals } from './refusals.js';
import { TokenSearch, type TokenSearchPorts } from './token-search.js';

/** After a failed refresh, the next one follows after a quarter of the token's remaining time, at least this. */
const REFRESH_AGAIN_MS = 1_000;

interface TokenClientPorts extends TokenSearchPorts {
  /** Throws if the keys do not open it. */
  readonly unseal: (credential: Viewed<'credential'>, entry: TokenEntry) => Secret;
  /** The certificate that deliveries with this credential present in TLS, if it asks for that. Throws if the keys do not open it. */
  readonly identify: (credential: Viewed<'credential'>) => TlsIdentity | undefined;
  /** Decides whether the fleet has a newer token made for this callback now; with its pause in ms. */
  readonly brake: (callback: string, credential: string, generation: number, pauseMs: number) => Promise<Turn>;
}

interface Held {
  readonly version: number;
  readonly generation: number;
  readonly bearer: Secret;
  readonly identity: TlsIdentity | undefined;
  readonly usableUntil: number;
  refreshAt: number;
}

/** A dispatcher's tokens: in memory until their refresh point, then searched for (`TokenSearch`). */
export class TokenClient {
  readonly #logger = new Logger('Tokens');
  readonly #held = new Map<string, Held>();
  readonly #refusals = new Refusals();
  /** Renewals that the fleet has not decided yet, by callback, credential and generation. */
  readonly #renewals = new Map<string, Promise<boolean>>();
  readonly #search: TokenSearch;

  constructor(private readonly ports: TokenClientPorts) {
    this.#search = new TokenSearch(ports, (credential, entry) => this.#hold(credential, entry));
  }

  /** In the hot path: returns at once if a usable token is in memory. A failure from before `position` (an unblocking) does not count. */
  get(credential: string, position: number, traceparent?: string): Grant | Promise<Grant> {
    const held = this.#usable(credential);
    if (!held) return this.#search.find({ credential, generation: 0, position, reason: 'miss', traceparent });
    if (this.ports.now() >= held.refreshAt) {
      held.refreshAt = Infinity;
      void this.#refresh(credential, held, position);
    }
    return granted(held);
  }

  /**
   * Returns a newer token after the callback's endpoint has refused this generation; it is asked for once, however many refused it. Other deliveries
   * do not wait for it. null = this callback gets none now, since it refuses every token (`Refusals`, `FleetBrake`).
   */
  renew(callback: string, credential: string, generation: number, position: number): Grant | Promise<Grant | null> | null {
    const user = userOf(callback, credential);
    const held = this.#usable(credential);
    if (held && held.generation > generation) return this.#refusals.refuses(user, held.generation) ? null : granted(held);
    const mayRenew = this.#refusals.mayRenew(user, generation, this.ports.now());
    const search = (): Promise<Grant> => this.#search.find({ credential, generation, position, reason: 'refused' });
    if (this.#search.isUnderWay(credential, generation)) return search();
    const key = `${user} ${generation}`;
    const renewal = this.#renewals.get(key) ?? (mayRenew ? this.#askFleet(key, callback, credential, generation) : null);
    return renewal?.then((goes) => (goes ? search() : null)) ?? null;
  }

  #askFleet(key: string, callback: string, credential: string, generation: number): Promise<boolean> {
    const user = userOf(callback, credential);
    const asked = this.ports.brake(callback, credential, generation, this.#refusals.pauseOf(user)).then(({ waitMs, pauseMs }) => {
      this.#renewals.delete(key);
      if (waitMs > 0) this.#refusals.waits(user, pauseMs, this.ports.now() + waitMs);
      return waitMs === 0;
    });
    this.#renewals.set(key, asked);
    return asked;
  }

  /** In the hot path: notes whether the callback's endpoint accepted this generation, if nothing is to be renewed. */
  told(callback: string, credential: string, generation: number, accepted: boolean): void {
    if (this.#refusals.isEmpty) return;
    const user = userOf(callback, credential);
    if (accepted) this.#refusals.accepted(user, generation);
    else this.#refusals.note(user, generation);
  }

  /** The credential no longer exists. */
  forget(credential: string): void {
    this.#held.delete(credential);
  }

  /** Refreshes in the background, while the present token is used. Nobody waits for it, so a failure is tried again. */
  async #refresh(credential: string, held: Held, position: number): Promise<void> {
    const grant = await this.#search.find({ credential, generation: held.generation, position, reason: 'refresh' });
    const now = this.ports.now();
    if (grant.kind !== 'granted') held.refreshAt = now + Math.max(REFRESH_AGAIN_MS, (held.usableUntil - now) / 4);
  }

  #usable(credential: string): Held | undefined {
    const held = this.#held.get(credential);
    return held && maySend(held, this.ports.now()) && held.version === this.ports.credential(credential)?.position ? held : undefined;
  }

  /** A token that the keys do not open is no refusal: the operator has to correct the keys, and another token would not open either. */
  #hold(credential: Viewed<'credential'>, entry: TokenEntry): Grant {
    const { id } = credential;
    const { version, generation, usableUntil } = entry;
    try {
      const [bearer, identity] = [this.ports.unseal(credential, entry), this.ports.identify(credential)];
      const held: Held = { version, generation, usableUntil, bearer, identity, refreshAt: refreshAt(entry, spreadOf(id, generation)) };
      this.#held.set(id, held);
      return granted(held);
    } catch (error) {
      this.#logger.error(`The token of credential ${id}, or its client certificate, cannot be opened. TOKEN_KEYS must be the same as token-service's, SIGNING_KEYS the same as config-service's. ${String(error)}`);
      return { kind: 'unavailable', detail: 'the token does not open with the keys of this dispatcher' };
    }
  }
}

/** The key of a callback with a credential. */
const userOf = (callback: string, credential: string): string => `${callback} ${credential}`;

const granted = (held: Held): Grant => ({ kind: 'granted', bearer: held.bearer.reveal(), generation: held.generation, usableUntil: held.usableUntil, identity: held.identity });
