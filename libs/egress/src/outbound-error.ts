import { constants } from 'node:http2';
import type { ErrorClass } from '@nuncio/contracts';

/** `proxy`: a failure of the operator's proxy, which no tenant is shown. */
export type FailureClass = ErrorClass | 'proxy';

/** Why there was no answer. `message` is a sentence that has no address or host, and quotes nothing that was sent or received. */
export class OutboundError extends Error {
  readonly errorClass: FailureClass;

  constructor(errorClass: FailureClass, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'OutboundError';
    this.errorClass = errorClass;
  }
}

/** Every refusal has the same text, whatever was refused and when: a tenant must not learn what a name leads to. */
export const blockedAddress = (): OutboundError => new OutboundError('blocked_address', 'this address may not be called');

/** The error code of Node, c-ares, OpenSSL or undici; '' = none. */
export const codeOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '');

const CONNECT_SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed early',
  EHOSTUNREACH: 'the host is unreachable',
  ENETUNREACH: 'the network is unreachable',
  ETIMEDOUT: 'the host does not answer',
};

/** The error of a failed TCP connection. */
export const connectFailure = (error: unknown): OutboundError =>
  isOurs(error)
    ? ours(error)
    : new OutboundError('connect', CONNECT_SENTENCES[codeOf(error)] ?? `the connection failed${suffix(error)}`, error);

/** This machine has no more resources for a connection, has no network, or forbids the call. */
const OURS = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'ENETDOWN', 'EAGAIN', 'EADDRINUSE', 'EPERM', 'EACCES']);
/** No port is left to connect from. For an IPv6 address it may also mean that this machine has no IPv6; then another address may work. */
const NO_PORT = 'EADDRNOTAVAIL';

/** Whether the failure is this machine's. If several addresses were tried, whether that of at least one is. */
export function isOurs(error: unknown): boolean {
  if (!(error instanceof AggregateError)) return codeOf(error) === NO_PORT || OURS.has(codeOf(error));
  const { errors } = error as { errors: readonly { address?: string }[] };
  return errors.every(isOurs) || errors.some((each) => isOurs(each) && !(codeOf(each) === NO_PORT && each.address?.includes(':')));
}

const ours = (error: unknown): OutboundError => new OutboundError('internal', `no connection can be made here${suffix(error)}`, error);

/** An operator's problem: the name may be valid. */
export const resolverAway = (cause?: unknown): OutboundError => new OutboundError('internal', 'no DNS server answers', cause);

/** OpenSSL found the issuing authority among the trusted ones, but not the one above it: the trusted certificates are incomplete. */
const INCOMPLETE = 'UNABLE_TO_GET_ISSUER_CERT';
const EXPIRED = 'CERT_HAS_EXPIRED';

/** The cause at the endpoint, by the code of Node.js or OpenSSL. An alert (RFC 8446 §6) means that the endpoint refuses us. */
const TLS_SENTENCES: Readonly<Record<string, string>> = {
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate was revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is from an unknown issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is from an unknown issuer, or it does not send the intermediate certificates',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is from an unknown issuer, or it does not send the intermediate certificates',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the name does not match its certificate',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on this port',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it does not support TLS 1.2 or later',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it does not support TLS 1.2 or later',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'it does not know the requested server name',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'it has no cipher in common with Nuncio, or requires a client certificate',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it requires a client certificate',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'it offers neither HTTP/2 nor HTTP/1.1 (ALPN)',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not accept the client certificate',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it does not accept the client certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'it does not accept the client certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'the client certificate has expired',
};

/** OpenSSL 3.5 has renamed the alerts that TLS took over from SSL 3. */
const tlsSentence = (code: string): string | undefined => TLS_SENTENCES[code.replace('ERR_SSL_SSL/TLS_', 'ERR_SSL_SSLV3_')];

/** The endpoint's own certificate has expired, or one above it. `expiredAt`: the end of its own, epoch milliseconds; null = unknown. */
function expiry(expiredAt: number | null): string {
  if (expiredAt === null || expiredAt > Date.now()) return 'a certificate above its own has expired';
  return `its certificate expired on ${new Date(expiredAt).toISOString().slice(0, 10)}`;
}

/**
 * The error of a failed TLS handshake. A connection that breaks says nothing about certificates, so it is `connect`. `trustIsOver`: one of the
 * operator's own authorities has expired. `validTo`: the end of the endpoint's certificate, epoch milliseconds; null = it presented none.
 */
export function tlsFailure(error: unknown, trustIsOver: boolean, validTo: number | null = null): OutboundError {
  const code = codeOf(error);
  if (isOurs(error)) return ours(error);
  if (code === INCOMPLETE || (code === EXPIRED && trustIsOver)) return new OutboundError('internal', `the authorities that are trusted here are incomplete or expired${suffix(error)}`, error);
  if (code in CONNECT_SENTENCES) return new OutboundError('connect', 'the connection was closed during the TLS handshake', error);
  const sentence = code === EXPIRED ? expiry(validTo) : tlsSentence(code);
  return new OutboundError('tls', sentence ?? `the TLS handshake failed${suffix(error)}`, error);
}

/**
 * The error of a TLS connection after its handshake; null = it is of another kind. A server that speaks TLS 1.3 refuses a client without a certificate
 * only then.
 */
export function tlsAlert(error: unknown): OutboundError | null {
  const code = codeOf(error);
  if (!code.startsWith('ERR_SSL_')) return null;
  return new OutboundError('tls', tlsSentence(code) ?? `the TLS connection failed (${code})`, error);
}

/** Whether it is an error about trailers of a complete answer. Trailers are not used (RFC 9110 §6.5.1), so the answer counts. */
export const isOfTrailers = (error: Error): boolean =>
  codeOf(error) === 'UND_ERR_HEADERS_OVERFLOW' || (error.name === 'HTTPParserError' && /header|content-length|transfer-encoding/i.test(error.message));

/** The error of undici after the connection was made. `ended`: the peer had closed it by then. */
export function exchangeFailure(error: Error, ended: boolean): OutboundError {
  const code = codeOf(error);
  if (isOurs(error)) return ours(error);
  const alert = tlsAlert(error);
  if (alert) return alert;
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return new OutboundError('too_large', 'the headers of the answer are too large', error);
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED')
    return new OutboundError('internal', `the request cannot be sent: ${error.message}`, error);
  // undici reports a body cut short like bad framing, apart from the connection's end, and unexpected 100 and 101 answers as socket errors.
  const framing =
    error.name === 'HTTPParserError' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || (code === 'UND_ERR_SOCKET' && error.message.startsWith('bad '));
  if (framing && !ended) return new OutboundError('invalid_response', 'the answer is not valid HTTP/1.1', error);
  return new OutboundError('connect', CONNECT_SENTENCES[code] ?? 'the connection was closed early', error);
}

/**
 * The error of an HTTP/2 stream without a complete answer, by its code (RFC 9113 §7). `broken`: the server violates the protocol. `tooLarge`: enough
 * bytes came for headers beyond our own limits, which end the stream with the same code as too many requests.
 */
export function streamFailure(code: number, { broken, tooLarge }: { readonly broken: boolean; readonly tooLarge: boolean }): OutboundError {
  if (broken) return new OutboundError('invalid_response', 'the answer is not valid HTTP/2');
  if (code === constants.NGHTTP2_ENHANCE_YOUR_CALM)
    return tooLarge ? new OutboundError('too_large', 'the headers of the answer are too large') : new OutboundError('connect', 'the endpoint ended the request because of too many requests or resets (code 11)');
  if (code === constants.NGHTTP2_NO_ERROR) return new OutboundError('connect', 'the connection was closed early');
  return new OutboundError('connect', `the request was reset (code ${code})`);
}

const suffix = (error: unknown): string => {
  const code = codeOf(error);
  return code === '' ? '' : ` (${code})`;
};
