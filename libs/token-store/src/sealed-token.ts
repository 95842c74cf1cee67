import type { Credential, Sealed, TokenEntry } from '@nuncio/contracts';
import { open, seal, type KeyRing, type SealContext, type Secret } from '@nuncio/sealing';

type Owner = Pick<Credential, 'id' | 'tenant'>;

/** Seals a token for its credential and generation, under `TOKEN_KEYS`. */
export const sealToken = (ring: KeyRing, token: Secret, owner: Owner, generation: number): Sealed => seal(ring, token, contextOf(owner, generation));

/** Throws Fault `corrupt` if the entry was altered, or belongs to another credential or generation. */
export const openToken = (ring: KeyRing, entry: TokenEntry, owner: Owner): Secret => open(ring, entry.token, contextOf(owner, entry.generation));

const contextOf = ({ id, tenant }: Owner, generation: number): SealContext => ({ tenant, kind: 'token', id, field: 'access_token', version: generation });
