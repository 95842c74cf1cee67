import { type Address, parseAddress } from './address.js';
import { isPublic } from './classify.js';
import { allowsAddress, allowsName, type EgressAllow } from './egress-allow.js';
import { forbiddenPorts } from './port-table.js';

/** A URL that passed every check that needs no DNS. */
export interface Target {
  /** Normalized, with an IDN in punycode. */
  readonly url: string;
  /** `https://host:port`, as the URL standard serializes it. */
  readonly origin: string;
  readonly secure: boolean;
  /** As in Host and SNI. An IPv6 address is in brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query, as in `url`. */
  readonly path: string;
  /** The host if it is an address; null = it is a name. */
  readonly address: Address | null;
  /** EGRESS_ALLOW has the name: it is resolved as this machine resolves names, and may lead anywhere. */
  readonly named: boolean;
}

type ParsedTarget = { readonly ok: true; readonly target: Target } | { readonly ok: false; readonly detail: string };

/**
 * Checks a URL by itself: syntax, scheme, host, port, literal address. It uses no DNS, so it can run on save without revealing anything. `detail` is
 * a sentence for the URL's author.
 */
export function parseTarget(text: string, allow: EgressAllow): ParsedTarget {
  const spelled = SPELLING.exec(text)?.[1];
  if (spelled === undefined) return refused(explainSyntax(text));
  const url = URL.parse(text);
  if (!url) return refused('is not a valid URL');
  if (!readsAsWritten(spelled, url.hostname)) return refused(`must spell its host as "${url.hostname}"`);

  const host = url.hostname;
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const address = parseAddress(host.replace(/^\[(.*)\]$/, '$1'));
  const named = address === null && allowsName(allow, host, port);
  const detail = named || (address && allowsAddress(allow, address, port)) ? null : explainRefusal(secure, host, port, address);
  if (detail !== null) return refused(detail);
  const { origin } = url;
  const href = origin + url.pathname + queryOf(url, text);
  return { ok: true, target: { url: href, origin, secure, host, port, path: href.slice(origin.length), address, named } };
}

/**
 * The query as it was written; only characters that a URI must not have (RFC 3986 §3.4) are percent-encoded. The URL standard also encodes `'` and
 * drops a lone `?`; a receiver that signs or compares its own URL would see another one.
 */
function queryOf({ href, search }: URL, text: string): string {
  const at = text.indexOf('?');
  if (at < 0) return '';
  if (!text.includes("'", at)) return search === '' && href.endsWith('?') ? '?' : search;
  const encoded = (part: string): string => new URL(`http://a/?${part}`).search.slice(1);
  return `?${text.slice(at + 1).split("'").map(encoded).join("'")}`;
}

/** Checks a URL when it is saved. `url`: the normalized form to store. `detail` completes "the URL …". Nothing is resolved or called. */
export function checkUrl(url: string, allow: EgressAllow): { ok: true; url: string } | { ok: false; detail: string } {
  const parsed = parseTarget(url, allow);
  return parsed.ok ? { ok: true, url: parsed.target.url } : parsed;
}

const refused = (detail: string): ParsedTarget => ({ ok: false, detail });

/**
 * Stricter than the URL standard, which repairs its input (drops tabs and newlines, turns `\` into `/`, adds slashes): a scheme, a host without
 * userinfo, a port, no fragment, nothing unprintable.
 */
// eslint-disable-next-line no-control-regex
const SPELLING = /^https?:\/\/(\[[0-9a-f:.]+\]|[^\s/?#\\@:[\]\u0000-\u0020\u007f]+)(?::\d{1,5})?(?:[/?][^#\s\\\u0000-\u0020\u007f]*)?$/i;

function explainSyntax(text: string): string {
  if (!/^https?:/i.test(text)) return 'must begin with https://';
  if (/^https?:\/\/[^/?#]*@/i.test(text)) return 'must not carry a user name or password';
  if (text.includes('#')) return 'must not have a fragment';
  return 'is not a valid URL';
}

/** Whether parsing changed nothing in the host except case, and labels of other scripts to punycode. */
function readsAsWritten(spelled: string, parsed: string): boolean {
  const before = spelled.toLowerCase().split('.');
  const after = parsed.split('.');
  // eslint-disable-next-line no-control-regex
  return before.length === after.length && before.every((label, i) => label === after[i] || (/[^\u0000-\u007f]/.test(label) && after[i]?.startsWith('xn--')));
}

/** Why a tenant may not name this target; null = it may. */
function explainRefusal(secure: boolean, host: string, port: number, address: Address | null): string | null {
  if (!secure) return 'must begin with https://';
  if (forbiddenPorts.has(port)) return `must not name port ${port}`;
  if (address) return isPublic(address) ? null : 'must not name an address outside the public internet';
  if (host.endsWith('.')) return 'must not end its host with a dot';
  if (!host.includes('.') || INTERNAL.test(host)) return 'must name a host of the public internet';
  return LABELS.test(host) ? null : 'must name a host of letters, digits, hyphens and dots';
}

/** Special-use names (RFC 6761, RFC 6762, RFC 7686, RFC 8375) and ICANN's name for private networks. */
const INTERNAL = /\.(?:local|localhost|internal|home\.arpa|onion|invalid|test|example)$|^home\.arpa$/;
const LABELS = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)+$/;
