import { Fault, isFault } from '@nuncio/contracts';
import { open, seal, Secret, type KeyRing } from '@nuncio/sealing';
import { z } from 'zod';

const NAME = '__Host-nuncio';
const LASTS_SECONDS = 12 * 3_600;
/** A browser drops larger cookies without a word (RFC 6265 §6.1: 4,096 bytes with the name and attributes). */
const MAX_LENGTH = 3_800;
/** `HttpOnly`: no script reads it. `Strict`: no other site's request carries it. `__Host-` and `Secure`: it belongs to exactly this origin. */
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';
const PLACE = { tenant: '', kind: 'session', id: '', field: 'authorization' } as const;

const Session = z.object({ authorization: z.string(), until: z.number() });

/** The `Set-Cookie` of a session: these credentials, sealed, for 12 hours from `now` (ms). Throws Fault `invalid` where they do not fit into a cookie. */
export function startSession(ring: KeyRing, authorization: string, now: number): string {
  const session = { authorization, until: now + LASTS_SECONDS * 1_000 };
  const sealed = seal(ring, new Secret(JSON.stringify(session)), PLACE);
  if (sealed.length > MAX_LENGTH) throw new Fault('invalid', 'These credentials are too long for a cookie; sign in with an API key.');
  return `${NAME}=${sealed}; Max-Age=${LASTS_SECONDS}; ${ATTRIBUTES}`;
}

/** The `Set-Cookie` that ends one. */
export const END_SESSION = `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;

/** The `Authorization` that a `Cookie` header stands for at `now` (ms); null = no session, one that has run out, or none of ours. */
export function authorizationOf(ring: KeyRing, cookies: string | undefined, now: number): string | null {
  const sealed = cookieIn(cookies);
  if (sealed === undefined) return null;
  try {
    const { authorization, until } = Session.parse(JSON.parse(open(ring, sealed, PLACE).reveal()));
    return until > now ? authorization : null;
  } catch (error) {
    if (isFault(error, 'corrupt')) return null;
    throw error;
  }
}

function cookieIn(header: string | undefined): string | undefined {
  const mine = header?.split(';').find((pair) => pair.trimStart().startsWith(`${NAME}=`));
  return mine?.trim().slice(NAME.length + 1);
}
