import { Callback, DisableAfterDays, Limits, RetryPolicy } from '@nuncio/contracts';
import { Moment } from '@nuncio/service';
import { z } from 'zod';
import type { Resource } from '../event-store/index.js';
import { keyedAnswerOf, masked, presentKeyed } from '../presentation.js';
import type { CallbackState } from './callback.js';

const ShownSigning = z.object({
  scheme: z.string().describe('The signing scheme').meta({ examples: ['persona'] }),
  keyId: z.string().optional().describe('The key id in a webhookie signature'),
  keyType: z.string().optional().describe('The type of key, if the scheme has several').meta({ examples: ['ed25519'] }),
  publicKey: z.string().optional().describe('The public half of an asymmetric key'),
  oldExpiresAt: Moment.optional().describe('Until then the former secret signs too'),
  secret: z.string().optional().describe('Only in the answer to the request that generated or set it'),
});

const { method, authentication, envelope, timeoutMs, onTokenFailure } = Callback.shape;

const OwnSettings = z
  .object({
    method,
    signing: ShownSigning.pick({ scheme: true, keyId: true, keyType: true }).partial().describe('How requests are signed'),
    authentication,
    envelope,
    timeoutMs,
    retry: RetryPolicy.extend({ disableAfterDays: DisableAfterDays }).partial().describe('When failed attempts are retried'),
    onTokenFailure,
    limits: Limits.partial().describe('The limits that protect the endpoint'),
  })
  .partial()
  .meta({ id: 'OwnSettings', examples: [{ timeoutMs: 5_000 }] });

/** When secrets were set is shown by the callback's health. */
const Fields = Callback.omit({ secretsAt: true });

export const ShownCallback = keyedAnswerOf({ ...Fields.shape, pausedUntil: Moment.nullable().describe(Callback.shape.pausedUntil.description ?? ''), secretHeaders: z.record(z.string(), z.string()).describe('The names of sealed headers of every request; their values are never shown').meta({ examples: [{ 'X-Gate': '<redacted>' }] }), signing: ShownSigning.describe('How requests are signed'), ownSettings: OwnSettings.describe('The settings that were given for this callback beside its profile. All others are those of the profile (`GET /v1/profiles`)') }).meta({ id: 'Callback' });

/** The effective callback, without its secrets. */
export function showCallback(resource: Resource<CallbackState>) {
  const { settings, secrets } = resource.state;
  // Restores the contract's order of fields, which the database does not keep.
  const { signing, ...fields } = Fields.parse(resource.state);
  const older = secrets.find(({ expiresAt }) => expiresAt !== null && expiresAt > Date.now());
  return presentKeyed(resource, {
    ...fields,
    // `profile` is a field of its own: a callback that names the default profile is like one that names none.
    ownSettings: { ...settings, profile: undefined },
    pausedUntil: fields.pausedUntil === null ? null : new Date(fields.pausedUntil).toISOString(),
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
