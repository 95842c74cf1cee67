import { Logger } from '@nestjs/common';
import type { Callback } from '@nuncio/contracts';
import type { Viewed } from '@nuncio/kafka';
import { open, type KeyRing, type Secret } from '@nuncio/sealing';
import { schemes, type Signer } from '@nuncio/signing';

/** A callback prepared for the hot path: its secrets opened, its signer keyed, its constant headers joined. */
export interface Endpoint {
  readonly callback: Callback;
  readonly position: number;
  readonly sign: Signer;
  readonly ownHeaders: Readonly<Record<string, string>>;
  /** Lower-case names of the headers whose values are secret. */
  readonly secretNames: ReadonlySet<string>;
}

/** Prepares endpoints when callbacks are first used, and again when they change. */
export class Endpoints {
  readonly #logger = new Logger('Endpoints');
  readonly #ready = new Map<string, Endpoint>();

  constructor(private readonly ring: KeyRing) {}

  /**
   * An endpoint whose secrets do not open with the keys is prepared, too: signing for it throws, so that its deliveries are held until that is
   * corrected.
   */
  of({ id, position, state }: Viewed<'callback'>): Endpoint {
    const held = this.#ready.get(id);
    // Not by the position: secrets that were rewrapped keep it.
    if (held?.callback === state) return held;
    const endpoint = this.#make(state, position);
    this.#ready.set(id, endpoint);
    return endpoint;
  }

  forget(id: string): void {
    this.#ready.delete(id);
  }

  #make(callback: Callback, position: number): Endpoint {
    try {
      return this.#open(callback, position);
    } catch (error) {
      this.#logger.error(`Deliveries to callback ${callback.id} are held, because its secrets cannot be opened or its signer cannot be made. SIGNING_KEYS must be the same as config-service's. ${String(error)}`);
      const sign: Signer = () => {
        throw error;
      };
      return { callback, position, sign, ownHeaders: {}, secretNames: new Set() };
    }
  }

  #open(callback: Callback, position: number): Endpoint {
    const { id, tenant, signing } = callback;
    const unseal = (sealed: string, field: string): Secret => open(this.ring, sealed, { tenant, kind: 'callback', id, field });
    const scheme = schemes.get(signing.scheme);
    if (!scheme) throw new Error(`signing scheme ${signing.scheme} is not known here`);
    const secrets = signing.secrets.map(({ secret, keyId, expiresAt }) => ({
      secret: unseal(secret, 'signing'),
      keyId: keyId ?? signing.keyId ?? id,
      expiresAt,
    }));
    const secretHeaders = Object.entries(callback.secretHeaders).map(([name, sealed]) => [name, unseal(sealed, `secretHeaders.${name}`).reveal()]);
    return {
      callback,
      position,
      sign: scheme.signer(secrets),
      ownHeaders: { ...callback.headers, ...(Object.fromEntries(secretHeaders) as Record<string, string>) },
      secretNames: new Set(Object.keys(callback.secretHeaders).map((name) => name.toLowerCase())),
    };
  }
}
