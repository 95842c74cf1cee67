import type { Callback, Credential } from '@nuncio/contracts';

type Sealed = Readonly<Record<string, string | null | undefined>>;
type Times = NonNullable<Callback['secretsAt']>;

const headersOf = (of: string, headers: Readonly<Record<string, string>>): Sealed => Object.fromEntries(Object.entries(headers).map(([name, value]) => [`${of}.${name}`, value]));

/** The secrets of a callback by field. `signing` is the newest one. */
export const secretsOfCallback = ({ secrets, secretHeaders }: { readonly secrets: readonly { readonly secret: string }[] } & Pick<Callback, 'secretHeaders'>): Sealed => ({
  signing: secrets[0]?.secret,
  ...headersOf('secretHeaders', secretHeaders),
});

export const secretsOfCredential = ({ clientSecret, headers }: Pick<Credential, 'clientSecret' | 'headers'>): Sealed => ({ clientSecret, ...headersOf('headers', headers) });

/**
 * When each secret was set (epoch milliseconds by field): `at` for those that changed, the known time for the others, if there is one. An empty
 * object = no secret changed.
 */
export function secretsAt(known: Times | undefined, before: Sealed, after: Sealed, at: number): { secretsAt?: Times } {
  const changed = Object.keys(after).filter((field) => after[field] && after[field] !== before[field]);
  if (!changed.length) return {};
  const kept = Object.entries(known ?? {}).filter(([field]) => after[field]);
  return { secretsAt: Object.fromEntries([...kept, ...changed.map((field) => [field, at] as const)]) };
}
