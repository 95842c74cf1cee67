import type { ConfigView, Viewed } from '@nuncio/kafka';
import type { NoticeFact } from './notice-fact.js';

const DAY_MS = 86_400_000;
/** Days before the end at which a notice is sent. */
const OF_CREDENTIALS = [14, 7, 1, 0];
const OF_CERTIFICATES = [30, 14, 7, 1];

/** How near an end is. */
interface Near {
  readonly expiresAt: string;
  readonly daysLeft: number;
  /** When the present stage began, epoch milliseconds. It grows with each stage, and from one end to the next. */
  readonly mark: number;
}

/** null = the end is too far away for a notice. */
function expiring(endsAt: number, now: number, stages: readonly number[]): Near | null {
  const days = (endsAt - now) / DAY_MS;
  const stage = stages.findLast((most) => days <= most);
  return stage === undefined ? null : { expiresAt: new Date(endsAt).toISOString(), daysLeft: Math.round(days * 10) / 10, mark: endsAt - stage * DAY_MS };
}

/** Notices for credentials whose client certificate or client secret ends soon. */
export const expiringCredentials = (view: Pick<ConfigView, 'all'>, now: number): NoticeFact[] => [...view.all('credential')].flatMap((credential) => expiringCredential(credential, now));

/** If both end soon, the one that entered its stage last: there has been a notice of the other. */
export function expiringCredential({ id, state: { name, tenant, groups, clientCertificate, clientSecret, clientSecretExpiresAt } }: Pick<Viewed<'credential'>, 'id' | 'state'>, now: number): NoticeFact[] {
  const ends = [
    ...(clientCertificate ? [{ what: 'client-certificate' as const, at: Date.parse(clientCertificate.notAfter) }] : []),
    ...(clientSecret && clientSecretExpiresAt ? [{ what: 'client-secret' as const, at: Date.parse(clientSecretExpiresAt) }] : []),
  ];
  return ends
    .flatMap(({ what, at }): (NoticeFact & { readonly mark: number })[] => {
      const near = expiring(at, now, OF_CREDENTIALS);
      if (!near) return [];
      const { mark, ...left } = near;
      return [{ type: 'nuncio.credential.expiring', subject: id, tenant, groups, at: now, mark, data: { credential: id, name, what, ...left } }];
    })
    .sort((one, other) => one.mark - other.mark)
    .slice(-1);
}

/** A notice for a callback whose endpoint presented a certificate that ends soon. */
export function expiringCertificate({ id, state: { tenant, groups, name, application, url } }: Pick<Viewed<'callback'>, 'id' | 'state'>, endsAt: number, at: number): (NoticeFact & { readonly mark: number }) | null {
  const near = expiring(endsAt, at, OF_CERTIFICATES);
  if (!near) return null;
  const { mark, ...left } = near;
  return { type: 'nuncio.certificate.expiring', subject: id, tenant, groups, at, mark, data: { callback: id, name, application, host: new URL(url).host, ...left } };
}
