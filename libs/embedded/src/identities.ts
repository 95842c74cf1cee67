import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { identityOf, type Service, SERVICES } from '@nuncio/contracts';

/** Each service's password, at servers that know it by a name of its own. */
export type Identities = Readonly<Record<Service, string>>;

/** The beginning of the user names. One stack serves installations of several topic prefixes (in tests), which are the same services to it. */
export const IDENTITY_PREFIX = 'nuncio';

export const nameOf = (service: Service): string => identityOf(IDENTITY_PREFIX, service);

/** The passwords in this file, made at first need, for its owner's eyes only. */
export async function identitiesIn(file: string): Promise<Identities> {
  const known = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Partial<Identities>;
  const identities = Object.fromEntries(SERVICES.map((service) => [service, known[service] ?? randomBytes(18).toString('hex')])) as Identities;
  await writeFile(file, JSON.stringify(identities), { mode: 0o600 });
  return identities;
}

/** The URL as this service uses it. */
export function urlAs(service: Service, url: string, identities: Identities | undefined): string {
  if (!identities) return url;
  const own = new URL(url);
  own.username = nameOf(service);
  own.password = identities[service];
  return own.href;
}
