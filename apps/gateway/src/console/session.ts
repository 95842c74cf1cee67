import type { KeyRing } from '@nuncio/sealing';
import { z } from 'zod';
import { sealedCookie } from './sealed-cookie.js';

const LASTS_MS = 12 * 3_600_000;

const Session = z.object({
  /** The credential that the session stands for. */
  authorization: z.string(),
  /** null = an API key, which lasts. */
  oidc: z
    .object({
      /** Names the sign-in when it is ended at the authorization server. */
      idToken: z.string(),
      /** null = the access token is all there is. */
      refreshToken: z.string().nullable(),
      /** From when on (ms) another access token is asked for. */
      renewFrom: z.number(),
    })
    .nullable(),
});
export type Session = z.infer<typeof Session>;

/** The person who is signed in. */
export const SESSION = sealedCookie('__Host-nuncio', Session, 'Strict');

/** Why nobody was signed in, for the login page to say. */
export const REFUSAL = sealedCookie('__Host-nuncio-refusal', z.string(), 'Strict');

/** When a session that begins, or goes on, at `now` ends if nothing is heard of it (ms). */
export const endOf = (now: number): number => now + LASTS_MS;

/** The `Set-Cookie` headers of a session for this `Authorization`, an API key's. */
export const startSession = (ring: KeyRing, authorization: string, now: number): string[] => SESSION.set(ring, { authorization, oidc: null }, endOf(now), now);
