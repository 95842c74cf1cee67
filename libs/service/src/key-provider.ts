import { readFile } from 'node:fs/promises';

/**
 * A source of secret settings other than the environment, such as a KMS or a vault. `NAME<suffix>` has a reference, which the provider resolves once
 * at start: `SIGNING_KEYS_FILE=/run/secrets/signing-keys`.
 */
export interface KeyProvider {
  /** The end of the variable's name: `_FILE`. */
  readonly suffix: string;
  /** The setting's text. Rejects with a sentence for the operator, which must not quote a secret. */
  resolve(reference: string): Promise<string>;
}

/** For Docker and Kubernetes: the secret is a file's content, without the white space around it. */
const file: KeyProvider = {
  suffix: '_FILE',
  resolve: async (path) => {
    try {
      return (await readFile(path, 'utf8')).trim();
    } catch (error) {
      throw new Error(`cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`, { cause: error });
    }
  },
};

/** A new one is a line here. */
const providers: readonly KeyProvider[] = [file];

/** The settings that are secret, and may be given by reference. */
const SECRETS = /^(?:[A-Z_]+_KEYS|API_KEY_PEPPER|ADMIN_API_KEY|(?:LOG_)?DATABASE_URL|REDIS_(?:URL|PASSWORD|SENTINEL_PASSWORD)|OIDC_CLIENT_SECRET|EGRESS_PROXY_URL)$/;
/** These read their files themselves, again for each connection or token. */
const READ_AGAIN = /^KAFKA_(?:SASL_PASSWORD|OAUTH_CLIENT_SECRET)$/;

export const isSecretSetting = (name: string): boolean => SECRETS.test(name) || READ_AGAIN.test(name);

interface Provided {
  readonly env: NodeJS.ProcessEnv;
  readonly faults: readonly { readonly name: string; readonly setting: string; readonly message: string }[];
}

/** Resolves the references in the environment. A setting that is given in two ways is a fault, since nobody could tell which one counts. */
export async function provideSecrets(env: NodeJS.ProcessEnv, from: readonly KeyProvider[] = providers): Promise<Provided> {
  const resolved: NodeJS.ProcessEnv = { ...env };
  const faults: Provided['faults'][number][] = [];
  for (const provider of from) {
    const { suffix } = provider;
    for (const [name, reference] of Object.entries(env)) {
      const setting = name.endsWith(suffix) ? name.slice(0, -suffix.length) : '';
      if (!SECRETS.test(setting) || !reference) continue;
      try {
        if (resolved[setting] !== undefined) throw new Error(`is given beside ${setting}: keep one of them`);
        resolved[setting] = await provider.resolve(reference);
      } catch (error) {
        faults.push({ name, setting, message: (error as Error).message });
      }
    }
  }
  return { env: resolved, faults };
}
