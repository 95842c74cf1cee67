import type { HeaderLines } from './listener.js';

/**
 * Headers of one connection (RFC 9110 §7.6.1, and RFC 7235 for proxies), and those that every sender of a message sets anew. The gateway's listeners
 * and the command `nuncio listen` have the same list.
 */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect', 'host', 'content-length']);

/** The headers to pass on: without those above, and without those that `Connection` names. */
export function endToEnd(lines: HeaderLines): HeaderLines {
  const named = lines.flatMap(([name, value]) => (name.toLowerCase() === 'connection' ? value.split(',').map((one) => one.trim().toLowerCase()) : []));
  return lines.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()) && !named.includes(name.toLowerCase()));
}
