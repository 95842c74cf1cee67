import { Fault, isFault } from '@nuncio/contracts';
import { open, seal, Secret, type KeyRing } from '@nuncio/sealing';
import { z } from 'zod';

/** Browsers silently drop larger cookies (RFC 6265 §6.1: 4,096 bytes with name and attributes). */
const MAX_LENGTH = 3_800;
/** More would bring a request's headers close to the 16 KiB that Node.js reads. */
const MAX_COOKIES = 3;

/** A value kept in the browser for this origin only. Nobody but the gateway can read or make it. */
export interface SealedCookie<T> {
  /** `Set-Cookie` headers that store it from `now` until `until` (epoch milliseconds). Throws Fault `invalid` if it is too long. */
  readonly set: (ring: KeyRing, value: T, until: number, now: number) => string[];
  /** Reads a `Cookie` header at `now` (epoch milliseconds); null = there is no such cookie, or it has ended. */
  readonly read: (ring: KeyRing, header: string | undefined, now: number) => T | null;
  /** `Set-Cookie` headers that remove it. */
  readonly clear: readonly string[];
}

/**
 * `HttpOnly`: no script reads it. `Strict`: no other site's request carries it; `Lax`: only a link to this site does. `__Host-` and `Secure`: it
 * belongs to exactly this origin. A value too long for one cookie is split over several.
 */
export function sealedCookie<T>(name: `__Host-${string}`, schema: z.ZodType<T>, sameSite: 'Strict' | 'Lax'): SealedCookie<T> {
  const Kept = z.object({ until: z.number(), value: schema });
  const place = { tenant: '', kind: 'session', id: '', field: name } as const;
  const attributes = `Path=/; Secure; HttpOnly; SameSite=${sameSite}`;
  const names = Array.from({ length: MAX_COOKIES }, (_, i) => (i === 0 ? name : `${name}-${i + 1}`));
  return {
    set(ring, value, until, now) {
      const sealed = seal(ring, new Secret(JSON.stringify({ until, value })), place);
      const parts = Array.from({ length: Math.floor(sealed.length / MAX_LENGTH) + 1 }, (_, i) => sealed.slice(i * MAX_LENGTH, (i + 1) * MAX_LENGTH));
      if (parts.length > MAX_COOKIES) throw new Fault('invalid', 'These credentials are too long for cookies; sign in with an API key.');
      return parts.map((part, i) => `${names[i] ?? ''}=${part}; Max-Age=${Math.floor((until - now) / 1_000)}; ${attributes}`);
    },
    read(ring, header, now) {
      const sealed = joined(names, header);
      if (sealed === '') return null;
      try {
        const { until, value } = Kept.parse(JSON.parse(open(ring, sealed, place).reveal()));
        return until > now ? value : null;
      } catch (error) {
        if (isFault(error, 'corrupt') || error instanceof z.ZodError) return null;
        throw error;
      }
    },
    clear: names.map((one) => `${one}=; Max-Age=0; ${attributes}`),
  };
}

function joined(names: readonly string[], header: string | undefined): string {
  let whole = '';
  for (const name of names) {
    const part = cookieIn(header, name);
    whole += part;
    if (part.length < MAX_LENGTH) break;
  }
  return whole;
}

function cookieIn(header: string | undefined, name: string): string {
  const mine = header?.split(';').find((pair) => pair.trimStart().startsWith(`${name}=`));
  return mine?.trim().slice(name.length + 1) ?? '';
}
