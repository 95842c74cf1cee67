import { Callback, DisableAfterDays, IS_SECRET, Limits, reference, RetryPolicy, StatusPattern } from '@nuncio/contracts';
import { schemes } from '@nuncio/signing';
import { z } from 'zod';
import { Groups } from '../api-keys/api-key.js';
import { keying } from '../keying/keying.js';
import { Rfc3339 } from '../moment.js';
import { Name } from '../tenants/tenant.js';

const nullish = <S extends z.ZodRawShape>(shape: S) => z.strictObject(Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, (field as z.ZodType).nullish()]))) as unknown as z.ZodObject<{ [N in keyof S]: z.ZodOptional<z.ZodNullable<S[N]>> }, z.core.$strict>;

const Statuses = z.array(StatusPattern).max(100);

const Retry = nullish({ ...RetryPolicy.shape, successStatuses: Statuses.min(1).describe(RetryPolicy.shape.successStatuses.description ?? ''), retryOn: z.union([z.literal('any'), z.strictObject({ connection: z.boolean().describe('Failures without an answer: name, connection, TLS, timeout'), statuses: Statuses.describe('Answers with these statuses') })]).describe(RetryPolicy.shape.retryOn.description ?? ''), disableAfterDays: DisableAfterDays });

/** An upper limit for every scheme; each scheme has its own. */
const Secret = z.string().max(8_192).meta(IS_SECRET);
const KeyId = z.string().max(1_024);

const Signing = nullish({
  scheme: z.enum([...schemes.keys()] as [string, ...string[]]).describe('The signing scheme'),
  secret: Secret.describe('The signing secret. Without it one is generated, and shown only in this answer. Its form depends on the scheme'),
  keyId: KeyId.describe('The key id in a webhookie signature; default: the id of the callback'),
  keyType: z.string().max(32).describe('The type of key, if the scheme has several: ed25519 for standard-webhooks'),
});

const Authentication = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('none').describe('Nothing') }),
    z.strictObject({ type: z.literal('oauth2').describe('A bearer token of a credential'), credential: reference('credential') }),
  ])
  .meta({ id: 'AuthenticationSetting' });

const PerSecond = z.number().min(0.001).max(100_000).meta(Limits.shape.perSecond.meta() ?? {});

const LAST_MOMENT = Date.UTC(9_999, 11, 31, 23, 59, 59, 999);

/** RFC 3339 text in, epoch milliseconds out. A time before 1970 becomes 0: the pause has ended either way. */
const PausedUntil = Rfc3339.transform((text) => Math.max(0, Date.parse(text))).refine((at) => at <= LAST_MOMENT, 'must be before the year 10000');

const fields = {
  groups: Groups.nullish(),
  enabled: z.boolean().nullish(),
  pausedUntil: PausedUntil.nullish().describe('Nothing is sent until then; deliveries are kept, and sent evenly afterwards. null ends the pause').meta({ examples: ['2027-01-31T12:00:00Z'] }),
  headers: z.record(z.string(), z.string().max(8_192).nullable()).nullish().describe('Headers of every request, by name; null removes a header'),
  secretHeaders: z.record(z.string(), z.string().max(8_192).meta(IS_SECRET).nullable()).nullish().describe('Headers that are sealed: sent, but never shown. A blank value keeps the stored one, null removes a header'),
  // In the fields below, null gives the field back to the profile.
  profile: Callback.shape.profile.nullish(),
  method: Callback.shape.method.nullish(),
  signing: Signing.nullish().describe('How requests are signed; null = as the profile says'),
  authentication: Authentication.nullish().describe('How a request is authorized beside its signature: not at all, or with an OAuth 2.0 bearer token'),
  envelope: Callback.shape.envelope.nullish(),
  timeoutMs: Callback.shape.timeoutMs.nullish(),
  retry: Retry.nullish().describe('When failed attempts are retried; a field that is null is as the profile says'),
  onTokenFailure: Callback.shape.onTokenFailure.nullish(),
  limits: nullish({ ...Limits.shape, perSecond: PerSecond }).nullish().describe('The limits that protect the endpoint'),
  ...keying,
};

/** The part of the check that needs no settings. Whether Nuncio may call the URL is checked later. */
const Url = z.url({ protocol: /^https?$/, error: 'must be an absolute https URL' }).max(2_048);

export const CreateCallback = z.strictObject({ tenant: reference('tenant').optional(), application: reference('application').optional(), name: Name, url: Url, ...fields });
export type CreateCallback = z.infer<typeof CreateCallback>;
export const PatchCallback = z.strictObject({ name: Name.optional(), url: Url.optional(), ...fields });
export type PatchCallback = z.infer<typeof PatchCallback>;

export const RotateSecret = z.strictObject({
  expiresInSeconds: z.int().min(0).max(604_800).default(7_200).describe('How many seconds the old secret stays valid; 0 = it ends now'),
  force: z.boolean().default(false).describe('Rotate even if two secrets are valid: the newest is replaced, and the one that the receiver has stays'),
  secret: Secret.optional().describe('The new secret; without it one is generated'),
  keyId: KeyId.optional().describe('The id of the new key in a webhookie signature'),
});
export type RotateSecret = z.infer<typeof RotateSecret>;
