/** A resource server's challenge when it refuses a bearer token (RFC 6750 §3). */
interface Challenge {
  /** `invalid_token`, `insufficient_scope`, `invalid_request`, or a code of its own. */
  readonly error: string;
  /** The scope that would be needed; null = not said. */
  readonly scope: string | null;
}

/** RFC 6750 §3: the characters of `error` and `scope`, and lengths that can be shown. */
const SHOWN = /^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,128}$/;
/** RFC 9110 §11.2: a name, and a token or a quoted string. */
const PARAMETER = /(?:^|[\s,])(error|scope)\s*=\s*(?:"([^"\\]*)"|([^\s,"]+))/gi;

/** Reads `WWW-Authenticate`; null = it has no bearer challenge with an error. Never throws. */
export function readChallenge(header: string | string[] | undefined): Challenge | null {
  const [, bearer] = /(?:^|,)\s*bearer\s+([^]*)$/i.exec([header ?? []].flat().join(', ').slice(0, 2_048)) ?? [];
  const said = new Map<string, string>();
  for (const [, name = '', quoted, bare] of (bearer ?? '').matchAll(PARAMETER)) {
    const value = quoted ?? bare ?? '';
    if (!said.has(name.toLowerCase()) && SHOWN.test(value)) said.set(name.toLowerCase(), value);
  }
  const error = said.get('error');
  return error === undefined ? null : { error, scope: said.get('scope') ?? null };
}
