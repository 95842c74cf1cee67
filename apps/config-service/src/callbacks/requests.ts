import { Callback, Envelope, Limits, Method, OnTokenFailure, ProfileName, reference, RetryPolicy, StatusPattern } from '@nuncio/contracts';
import { schemes } from '@nuncio/signing';
import { z } from 'zod';
import { Groups } from '../api-keys/api-key.js';
import { keying } from '../keying/keying.js';
import { Name } from '../tenants/tenant.js';

const nullish = <S extends z.ZodRawShape>(shape: S) => z.strictObject(Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, (field as z.ZodType).nullish()]))) as unknown as z.ZodObject<{ [N in keyof S]: z.ZodOptional<z.ZodNullable<S[N]>> }, z.core.$strict>;

const Statuses = z.array(StatusPattern).max(100);

const Retry = nullish({ ...RetryPolicy.shape, successStatuses: Statuses.min(1), retryOn: z.union([z.literal('any'), z.strictObject({ connection: z.boolean(), statuses: Statuses })]) });

/** How long they may be depends on the scheme; it is never more. */
const Secret = z.string().max(8_192);
const KeyId = z.string().max(1_024);

const Signing = nullish({
  scheme: z.enum([...schemes.keys()] as [string, ...string[]]),
  /** Checked by the scheme: each takes its own. */
  secret: Secret,
  keyId: KeyId,
  keyType: z.string().max(32),
});

const Authentication = z.discriminatedUnion('type', [z.strictObject({ type: z.literal('none') }), z.strictObject({ type: z.literal('oauth2'), credential: reference('credential') })]);

const PerSecond = z.number().min(0.001).max(100_000).meta(Limits.shape.perSecond.meta() ?? {});

const fields = {
  groups: Groups.nullish(),
  enabled: z.boolean().nullish(),
  headers: z.record(z.string(), z.string().max(8_192).nullable()).nullish(),
  secretHeaders: z.record(z.string(), z.string().max(8_192).nullable()).nullish(),
  /** From here on: null returns a field to its profile. */
  profile: ProfileName.nullish(),
  method: Method.nullish(),
  signing: Signing.nullish(),
  authentication: Authentication.nullish(),
  envelope: Envelope.nullish(),
  timeoutMs: Callback.shape.timeoutMs.nullish(),
  retry: Retry.nullish(),
  onTokenFailure: OnTokenFailure.nullish(),
  limits: nullish({ ...Limits.shape, perSecond: PerSecond }).nullish(),
  ...keying,
};

/** So much can be said of a URL by itself; the rest depends on where the operator lets us call. */
const Url = z.url({ protocol: /^https?$/, error: 'must be an absolute https URL' }).max(2_048);

export const CreateCallback = z.strictObject({ tenant: reference('tenant').optional(), application: reference('application').optional(), name: Name, url: Url, ...fields });
export type CreateCallback = z.infer<typeof CreateCallback>;
export const PatchCallback = z.strictObject({ name: Name.optional(), url: Url.optional(), ...fields });
export type PatchCallback = z.infer<typeof PatchCallback>;

export const RotateSecret = z.strictObject({
  /** How long the old one lives on; 0 = it ends now. */
  expiresInSeconds: z.int().min(0).max(604_800).default(7_200),
  force: z.boolean().default(false),
  secret: Secret.optional(),
  keyId: KeyId.optional(),
});
export type RotateSecret = z.infer<typeof RotateSecret>;
