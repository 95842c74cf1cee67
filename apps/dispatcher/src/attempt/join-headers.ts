type Headers = Readonly<Record<string, string>>;

/**
 * The headers of one request, each name once. Names are compared without case (RFC 9110 §5.1). The callback's own headers replace our defaults, and the headers that we
 * must set replace both. A name keeps the spelling of the header that wins.
 */
export function joinHeaders(defaults: Headers, own: Headers, ours: Headers): Record<string, string> {
  // Most callbacks have none, and two names of Nuncio's never differ only in case.
  if (isEmpty(own)) return { ...defaults, ...ours };
  const joined = new Map<string, readonly [name: string, value: string]>();
  for (const headers of [defaults, own, ours]) for (const name in headers) joined.set(name.toLowerCase(), [name, headers[name] ?? '']);
  return Object.fromEntries(joined.values());
}

function isEmpty(headers: Headers): boolean {
  for (const _name in headers) return false;
  return true;
}
