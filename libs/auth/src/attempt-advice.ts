import { advise, TokenAdviceCode } from './advice.js';
import type { Attempted, ErrorClass, TokenError } from '@nuncio/contracts';
import { z } from 'zod';

/** The meaning of a failure, and the thing to do about it. docs/reference.md prints both. */
interface Advice {
  readonly means: string;
  readonly toDo: string;
}

/** By error class. `http` is refined by the status. */
export const BY_CLASS: Readonly<Record<ErrorClass, Advice>> = {
  dns: { means: 'the host name of the endpoint does not resolve', toDo: 'check the URL and its DNS records' },
  connect: { means: 'the connection was refused, reset or closed early, or the endpoint is unreachable', toDo: 'check that the endpoint is up, its port, and that no firewall blocks Nuncio' },
  tls: { means: 'the TLS handshake failed', toDo: "read `error.detail`; check the endpoint's certificate (its name, its expiry, its chain), and whether it requires one of its clients" },
  timeout: { means: 'no whole answer came within the timeout of the callback', toDo: "let the endpoint answer first and work afterwards, or increase the callback's `timeoutMs`" },
  http: { means: 'the status is no success', toDo: 'read the answer of the endpoint; the table of statuses says more' },
  redirect: { means: 'the endpoint redirects, and redirects are never followed', toDo: 'give the callback the URL that it redirects to' },
  blocked_address: { means: 'the endpoint has an address that may not be called from here', toDo: 'use another address, or ask the operator to add it to `EGRESS_ALLOW`' },
  too_large: { means: 'the answer of the endpoint is too large to be read', toDo: 'answer less; a status is enough' },
  invalid_response: { means: 'the answer is not HTTP', toDo: 'check that the port speaks HTTP, or TLS if the URL says https' },
  token: { means: 'there was no token, so nothing was sent', toDo: 'look at `tokenError`, and at the health of the credential' },
  internal: { means: 'Nuncio itself failed', toDo: 'there is nothing to do at the endpoint; the operator finds the cause in the log' },
};

/** By status of an endpoint's answer that was no success; a class such as `4xx` has every other status of it. */
export const BY_STATUS = {
  '2xx': { means: 'the endpoint answers a status that is no success for this callback', toDo: 'add it to `retry.successStatuses`, or let the endpoint answer one of these' },
  400: { means: 'the endpoint cannot read the request', toDo: "compare the attempt's request with what it expects: `envelope`, headers, signature" },
  401: { means: 'the endpoint does not accept the token, or there was none', toDo: 'check the credential with its audience and scope, and the secret headers' },
  403: { means: 'the endpoint, or a firewall in front of it, forbids the request', toDo: 'check the scope of the credential, the secret headers, and whether the firewall lets Nuncio in' },
  404: { means: 'the endpoint has nothing at this path', toDo: 'check the path of the URL, and that the handler is deployed' },
  405: { means: 'the endpoint does not take this method here', toDo: 'check the URL and the `method` of the callback' },
  408: { means: 'the endpoint did not get the whole request in time', toDo: 'check the load of the endpoint and of the proxies in front of it' },
  409: { means: 'the endpoint sees a conflict, often an event that it has already', toDo: 'let it answer 200 for an event id that it knows' },
  410: { means: 'the endpoint is gone for good', toDo: 'delete the callback, or give it another URL; enable it again if `retry.onGone` has disabled it' },
  413: { means: 'the payload is larger than the endpoint, or a proxy in front of it, takes', toDo: 'raise the limit there, or publish smaller payloads' },
  415: { means: 'the endpoint does not take this media type', toDo: "check the `envelope` of the callback and the event's `datacontenttype`" },
  422: { means: 'the endpoint understands the event and refuses its content', toDo: 'read the answer; mend the handler, or filter such events out' },
  429: { means: 'the endpoint gets too many requests', toDo: 'set `limits.perSecond` of the callback to what it takes; Nuncio waits as long as `Retry-After` says' },
  '4xx': { means: 'the endpoint refuses the request', toDo: 'read the answer and the log of the endpoint' },
  502: { means: 'a proxy in front of the endpoint cannot reach it', toDo: 'check that the endpoint runs, and that the proxy knows its address' },
  503: { means: 'the endpoint is overloaded or in maintenance', toDo: 'check its health; Nuncio tries again, and `recover` sends what it has given up' },
  504: { means: 'a proxy in front of the endpoint gets no answer in time', toDo: 'let the endpoint answer first and work afterwards' },
  '5xx': { means: 'the endpoint failed', toDo: 'read its own log; once it is mended, `recover` sends the failed deliveries again' },
} as const satisfies Record<string, Advice>;

const isKnown = (key: string): key is `${keyof typeof BY_STATUS}` => Object.hasOwn(BY_STATUS, key);

const keysOf = <T extends object>(table: T): `${Extract<keyof T, string | number>}`[] => Object.keys(table) as `${Extract<keyof T, string | number>}`[];

/** Stable codes of the advice on attempts and token requests, for those who translate it. */
const AdviceCode = z.enum([...keysOf(BY_CLASS).map((errorClass) => `endpoint.${errorClass}` as const), ...keysOf(BY_STATUS).map((status) => `endpoint.${status}` as const), ...TokenAdviceCode.options]);
/** A sentence on what to do, and its code, as fields of an answer. */
export const adviceFields = { advice: z.string(), adviceCode: AdviceCode.describe('The stable code of `advice`') };
/** The same; both are null if there is no advice. */
export const maybeAdvice = { advice: z.string().nullable(), adviceCode: AdviceCode.nullable().describe('The stable code of `advice`; null = there is none') };
type Advised = z.infer<z.ZodObject<typeof adviceFields>>;

/** The fields for a failed token request. */
export function tokenAdvice(error: TokenError): Advised {
  const { code, sentence } = advise(error);
  return { advice: sentence, adviceCode: code };
}

function keyOf(errorClass: ErrorClass, status: number | null): ErrorClass | `${keyof typeof BY_STATUS}` {
  if (errorClass !== 'http' || status === null) return errorClass;
  return [`${status}`, `${Math.floor(status / 100)}xx`].find(isKnown) ?? errorClass;
}

/** Says in a sentence or two what a failed attempt means and what to do about it; null = it did not fail. */
export function adviceOf({ error, response, tokenError }: Pick<Attempted, 'error' | 'response' | 'tokenError'>): Advised | { advice: null; adviceCode: null } {
  if (tokenError) return tokenAdvice(tokenError);
  if (!error) return { advice: null, adviceCode: null };
  const key = keyOf(error.class, response?.status ?? null);
  const { means, toDo } = isKnown(key) ? BY_STATUS[key] : BY_CLASS[key];
  return { advice: `${sentence(error.class === 'http' && response ? `${response.status}: ${means}` : means)} ${sentence(toDo)}`, adviceCode: `endpoint.${key}` };
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
