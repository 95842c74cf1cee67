import type { KeyRing } from '@nuncio/sealing';

/** The keys that seal tokens (`TOKEN_KEYS`), and the life of a token without `expires_in`. */
export class TokenSettings {
  constructor(
    readonly ring: KeyRing,
    readonly defaultLifeSeconds: number,
  ) {}
}
