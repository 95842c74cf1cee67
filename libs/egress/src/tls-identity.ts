import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';

/** Our identity for a server that asks for one (TLS client authentication). Two with the same `id` are the same; PEM. */
export interface TlsIdentity {
  readonly id: string;
  readonly certificate: string;
  readonly privateKey: string;
}

const REMEMBERED = 1_000;

/** How TLS is spoken: as nobody, or as one of many. Making a context takes milliseconds, since it reads every authority that is trusted. */
export class SecureContexts {
  readonly #nobody: SecureContext;
  readonly #known = new Map<string, SecureContext>();

  constructor(private readonly options: SecureContextOptions) {
    this.#nobody = createSecureContext(options);
  }

  /** Throws where certificate and key do not go together. */
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
