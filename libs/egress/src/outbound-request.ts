import type { TlsIdentity } from './tls-identity.js';

/** An HTTP request to a host that a tenant chose. */
export interface OutboundRequest {
  readonly url: string;
  /** The tenant of the request. Tenants take turns in opening connections. Absent = the installation's own. */
  readonly tenant?: string;
  readonly method: string;
  /** `host` comes from the URL and must not be given. */
  readonly headers: Record<string, string>;
  /** Sent unchanged; null = none. */
  readonly body: Buffer | null;
  /** The exact limit from the call to the last byte. It excludes the wait for a handshake's turn, which ends with class `internal` after 30 s. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  /** What happens if the body is longer. `cut`: the answer has its beginning and `truncated`. `fail`: class `too_large`. */
  readonly onOversize: 'cut' | 'fail';
  /** The client certificate for a server that asks for one; absent = none. Not used with plain http. */
  readonly identity?: TlsIdentity;
  /** Never sent from this moment on (epoch milliseconds), however long connecting took; then class `token`. */
  readonly sendBefore?: number;
}
