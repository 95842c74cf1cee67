type Headers = Readonly<Record<string, string>>;

/**
 * The headers of one request, each name once. Names are one whatever their case (RFC 9110 §5.1): the callback's own replace our defaults, and what we must
 * say replaces both. A name keeps the spelling of whose value it has.
 */
export function joinHeaders(defaults: Headers, own: Headers, ours: Headers): Record<string, string> {
  // Most callbacks have none, and two of our own names never differ in case alone.
  if (isEmpty(own)) return { ...defaults, ...ours };
  const joined = new Map<string, readonly [name: string, value: string]>();
  for (const headers of [defaults, own, ours]) for (const name in headers) joined.set(name.toLowerCase(), [name, headers[name] ?? '']);
  return Object.fromEntries(joined.values());
}

function isEmpty(headers: Headers): boolean {
  for (const _name in headers) return false;
  return true;
}
