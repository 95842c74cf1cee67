export interface Claims {
  /** Of the page that may hand it over; null = it is a link's; empty = it is no token. */
  readonly origin: string | null;
  readonly iat: number;
  readonly exp: number;
  /** The session's id. */
  readonly id: string;
  readonly locale: string | null;
}

/** The claims of a token (RFC 7519 §4.1). They are not checked here, but by the API. */
export function claimsOf(token: string): Claims {
  try {
    const [, , payload = ''] = token.split('.');
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
    const { origin, iat, exp, jti = '', locale = null } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if ((typeof origin === 'string' || origin === null) && typeof iat === 'number' && typeof exp === 'number') return { origin, iat, exp, id: String(jti), locale: typeof locale === 'string' ? locale : null };
  } catch {
    // It is no token.
  }
  return { origin: '', iat: 0, exp: 0, id: '', locale: null };
}
