import type { Identities } from './identities.js';
import type { TokenIssuer } from './kafka-oauth.js';
import type { ProcessGroup } from './process-group.js';

/** The surroundings of a server of the stack. */
export interface ServerContext {
  /** Its data goes to a directory of its own in here. */
  readonly dir: string;
  /** Its log files go here. */
  readonly logs: string;
  readonly group: ProcessGroup;
  /** The services, each with a name of its own. */
  readonly identities: Identities;
  /** PEM files; where present, the server speaks TLS alone. */
  readonly tls: TlsFiles | null;
  /** If present, Kafka's clients log in with tokens of this server. */
  readonly oauth?: TokenIssuer;
  /** The environment with `PATH`, `JAVA_HOME` and `XDG_CACHE_HOME`. */
  readonly env: NodeJS.ProcessEnv;
}

/** A key (PKCS #8) and a certificate for 127.0.0.1 that is its own authority. */
export interface TlsFiles {
  readonly key: string;
  readonly cert: string;
  /** Both of them, in this order. */
  readonly keystore: string;
}
