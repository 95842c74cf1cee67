import type { Identities } from './identities.js';
import type { TokenIssuer } from './kafka-oauth.js';
import type { ProcessGroup } from './process-group.js';

/** What a server of the stack needs to start. */
export interface ServerContext {
  /** The parent of the server's data directory. */
  readonly dir: string;
  /** The directory for log files. */
  readonly logs: string;
  readonly group: ProcessGroup;
  /** The services' users and passwords. */
  readonly identities: Identities;
  /** PEM files; if present, the server accepts only TLS. */
  readonly tls: TlsFiles | null;
  /** If present, Kafka's clients authenticate with this issuer's tokens. */
  readonly oauth?: TokenIssuer;
  /** Properties of Kafka that override its own, a line each. */
  readonly kafkaProperties?: string;
  /** The environment with `PATH`, `JAVA_HOME` and `XDG_CACHE_HOME`. */
  readonly env: NodeJS.ProcessEnv;
}

/** A key (PKCS #8) and a self-signed certificate for 127.0.0.1. */
export interface TlsFiles {
  readonly key: string;
  readonly cert: string;
  /** Both of them, in this order. */
  readonly keystore: string;
}
