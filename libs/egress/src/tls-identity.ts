import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';

/** A client certificate for a server that asks for one. PEM. Identities with the same `id` are the same. */
export interface TlsIdentity {
  readonly id: string;
  readonly certificate: string;
  readonly privateKey: string;
}

const REMEMBERED = 1_000;

/**
 * TLS contexts: one without a client certificate, and one for each identity. Making one takes milliseconds, since it reads every trusted
 * authority.
 */
export class SecureContexts {
  readonly #nobody: SecureContext;
  readonly #known = new Map<string, SecureContext>();

  constructor(private readonly options: SecureContextOptions) {
    this.#nobody = createSecureContext(options);
  }

  /** Throws if certificate and key do not belong together. */
  of(identity: TlsIdentity | undefined): SecureContext {
    if (!identity) return this.#nobody;
    const known = this.#known.get(identity.id);
    if (known) return known;
    const made = createSecureContext({ ...this.options, cert: identity.certificate, key: identity.privateKey });
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(identity.id, made);
    return made;
  }
}
