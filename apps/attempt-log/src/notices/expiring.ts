import type { ConfigView, Viewed } from '@nuncio/kafka';
import type { NoticeFact } from './notice-fact.js';

const DAY_MS = 86_400_000;
/** Days before the end at which it is told of. */
const STAGES = [14, 7, 1, 0];

/** How near an end is; null = too far for a notice. `mark` grows as it comes nearer, and with another end. */
export function expiring(endsAt: number, now: number): { readonly expiresAt: string; readonly daysLeft: number; readonly mark: number } | null {
  const days = (endsAt - now) / DAY_MS;
  const stage = STAGES.filter((most) => days <= most).length;
  return stage === 0 ? null : { expiresAt: new Date(endsAt).toISOString(), daysLeft: Math.round(days * 10) / 10, mark: Math.floor(endsAt / 1_000) * 10 + stage };
}

/** Credentials whose client certificate comes to its end. */
export function expiringCredentials(view: Pick<ConfigView, 'all'>, now: number): NoticeFact[] {
  return [...view.all('credential')].flatMap((credential) => noticeOf(credential, now));
}

function noticeOf({ id, state: { name, tenant, groups, clientCertificate } }: Viewed<'credential'>, now: number): NoticeFact[] {
  const near = clientCertificate && expiring(Date.parse(clientCertificate.notAfter), now);
  if (!near) return [];
  const { mark, ...left } = near;
  return [{ type: 'nuncio.credential.expiring', subject: id, tenant, groups, at: now, mark, data: { credential: id, name, what: 'client-certificate', ...left } }];
}
