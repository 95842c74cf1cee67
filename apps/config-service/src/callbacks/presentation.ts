import { Callback } from '@nuncio/contracts';
import type { Resource } from '../event-store/index.js';
import { masked, present } from '../presentation.js';
import type { CallbackState } from './callback.js';

/** The whole, effective callback without its secrets. */
export function showCallback(resource: Resource<CallbackState>) {
  const { settings, secrets } = resource.state;
  // The contract's order of fields, which the database does not keep.
  const { signing, ...fields } = Callback.parse(resource.state);
  const older = secrets.find(({ expiresAt }) => expiresAt !== null && expiresAt > Date.now());
  return present(resource, {
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
