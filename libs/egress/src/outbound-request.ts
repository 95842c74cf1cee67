import type { TlsIdentity } from './tls-identity.js';

/** One HTTP request to a host that a tenant chose. */
export interface OutboundRequest {
  readonly url: string;
  /** Whose request it is: who has many new connections to make takes turns with the others. Absent = the installation's own. */
  readonly tenant?: string;
  readonly method: string;
  /** `host` is the URL's and cannot be given. */
  readonly headers: Record<string, string>;
  /** Sent as it is; null = none. */
  readonly body: Buffer | null;
  /** Exact and in all, from the call to the last byte; without the wait for a place to make a handshake, which is class `internal` after 30 s. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  /** `cut`: answer with the beginning, `truncated`. `fail`: class `too_large`. */
  readonly onOversize: 'cut' | 'fail';
  /** The client certificate for a server that asks for one; absent = none. Plain http shows nothing. */
  readonly identity?: TlsIdentity;
  /** Not sent from this moment on (epoch milliseconds), however long the connection took: class `token`. */
  readonly sendBefore?: number;
}
