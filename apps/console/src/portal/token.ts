/** The claims of a token (RFC 7519 §4.1). They are not checked here, but by the API. The origin is empty if it is no token. */
export function claimsOf(token: string): { readonly origin: string; readonly iat: number; readonly exp: number } {
  try {
    const [, , payload = ''] = token.split('.');
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
    const { origin, iat, exp } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if (typeof origin === 'string' && typeof iat === 'number' && typeof exp === 'number') return { origin, iat, exp };
  } catch {
    // It is no token.
  }
  return { origin: '', iat: 0, exp: 0 };
}
