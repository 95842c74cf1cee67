import type { KeyRing } from '@nuncio/sealing';
import { z } from 'zod';
import { sealedCookie } from './sealed-cookie.js';

const LASTS_MS = 12 * 3_600_000;

const Session = z.object({
  /** The `Authorization` that the session stands for. */
  authorization: z.string(),
  /** null = an API key, which does not end. */
  oidc: z
    .object({
      /** Tells the authorization server which session to end. */
      idToken: z.string(),
      /** null = there is none, so the session ends with the access token. */
      refreshToken: z.string().nullable(),
      /** When to renew the access token, epoch milliseconds. */
      renewFrom: z.number(),
    })
    .nullable(),
});
export type Session = z.infer<typeof Session>;

/** The session of the person who is signed in. */
export const SESSION = sealedCookie('__Host-nuncio', Session, 'Strict');

/** Why the last sign-in failed, for the login page. */
export const REFUSAL = sealedCookie('__Host-nuncio-refusal', z.string(), 'Strict');

/** When a session started or renewed at `now` ends, if it is not renewed. Epoch milliseconds. */
export const endOf = (now: number): number => now + LASTS_MS;

/** `Set-Cookie` headers of a session for this `Authorization` with an API key. */
export const startSession = (ring: KeyRing, authorization: string, now: number): string[] => SESSION.set(ring, { authorization, oidc: null }, endOf(now), now);
