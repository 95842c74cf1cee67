import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { identityOf, type Service, SERVICES } from '@nuncio/contracts';

/** Each service's password, for servers that know it by a user name of its own. */
export type Identities = Readonly<Record<Service, string>>;

/** The beginning of the user names. In tests one stack serves installations with several topic prefixes, which use the same users. */
export const IDENTITY_PREFIX = 'nuncio';

export const nameOf = (service: Service): string => identityOf(IDENTITY_PREFIX, service);

/** The passwords in this file, which is made if it does not exist. Only its owner may read it. */
export async function identitiesIn(file: string): Promise<Identities> {
  const known = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Partial<Identities>;
  const identities = Object.fromEntries(SERVICES.map((service) => [service, known[service] ?? randomBytes(18).toString('hex')])) as Identities;
  await writeFile(file, JSON.stringify(identities), { mode: 0o600 });
  return identities;
}

/** The URL with this service's user and password. */
export function urlAs(service: Service, url: string, identities: Identities | undefined): string {
  if (!identities) return url;
  const own = new URL(url);
  own.username = nameOf(service);
  own.password = identities[service];
  return own.href;
}
