import type { KeyRing } from '@nuncio/sealing';

/** How a token is sealed (`TOKEN_KEYS`), and how long one lives that does not say. */
export class TokenSettings {
  constructor(
    readonly ring: KeyRing,
    readonly defaultLifeSeconds: number,
  ) {}
}
