import { ErrorClass } from '@nuncio/contracts';
import { z } from 'zod';

/** What Nuncio itself writes as the reason of a subscription when it takes back an approval. */
const TAKEN_BACK = {
  'callback-origin-changed': 'the origin of its callback was changed',
  'credential-changed': 'the credential of its callback was changed',
  'signing-changed': 'the signing of its callback was changed',
} as const;
export type TakenBackReason = (typeof TAKEN_BACK)[keyof typeof TAKEN_BACK];

const CODES = Object.keys(TAKEN_BACK) as (keyof typeof TAKEN_BACK)[];

/** The stable code of a subscription's reason. `attempt-failed`: a delivery blocked it, and the reason is the error class, with the status. */
export const SubscriptionReason = z.enum([...CODES, 'attempt-failed']);

const FAILED = new RegExp(`^(?:${ErrorClass.options.join('|')})(?: \\d{3})?$`);

/** null = there is no reason, or a person gave it, in their own words. */
export function codeOfReason(reason: string | null): z.infer<typeof SubscriptionReason> | null {
  if (reason === null) return null;
  return CODES.find((code) => TAKEN_BACK[code] === reason) ?? (FAILED.test(reason) ? 'attempt-failed' : null);
}
