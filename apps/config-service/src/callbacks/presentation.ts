import { Callback } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import type { Resource } from '../event-store/index.js';
import { keyedAnswerOf, masked, presentKeyed } from '../presentation.js';
import type { CallbackState } from './callback.js';

const ShownSigning = z.object({
  scheme: z.string(),
  keyId: z.string().optional(),
  keyType: z.string().optional(),
  publicKey: z.string().optional(),
  /** Until then the secret before this one signs too. */
  oldExpiresAt: Moment.optional(),
  /** Only in the answer to the request that made or took it. */
  secret: z.string().optional(),
});

export const ShownCallback = keyedAnswerOf({ ...Callback.shape, secretHeaders: z.record(z.string(), z.string()), signing: ShownSigning }).meta({ id: 'Callback' });

/** The whole, effective callback without its secrets. */
export function showCallback(resource: Resource<CallbackState>) {
  const { settings, secrets } = resource.state;
  // The contract's order of fields, which the database does not keep.
  const { signing, ...fields } = Callback.parse(resource.state);
  const older = secrets.find(({ expiresAt }) => expiresAt !== null && expiresAt > Date.now());
  return presentKeyed(resource, {
    ...fields,
    secretHeaders: masked(fields.secretHeaders),
    signing: {
      scheme: signing.scheme,
      ...(signing.keyId === null ? {} : { keyId: signing.keyId }),
      ...(settings.signing?.keyType === undefined ? {} : { keyType: settings.signing.keyType }),
      ...(signing.publicKey === null ? {} : { publicKey: signing.publicKey }),
      ...(older?.expiresAt ? { oldExpiresAt: new Date(older.expiresAt).toISOString() } : {}),
    },
  });
}
