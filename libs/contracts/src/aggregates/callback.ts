import { z } from 'zod';
import { keyed } from '../keying.js';
import { Millis, Sealed } from '../schema.js';

/** A status, or a class such as `"2xx"`. */
export const StatusPattern = z.union([z.int().min(100).max(599), z.string().regex(/^[1-5]xx$/, 'must be a status such as 204 or a class such as "2xx"')]);
export type StatusPattern = z.infer<typeof StatusPattern>;

export const DisableAfterDays = z.number().min(0).max(365).describe('Days with nothing but failures after which the callback is disabled; 0 = never');

export const RetryPolicy = z.object({
  delaysSeconds: z.array(z.number().min(1).max(1_209_600)).max(20).describe('Seconds from the end of each failed attempt to the next one'),
  jitter: z.number().min(0).max(1).describe('A delay becomes longer by up to this share, never shorter'),
  successStatuses: z.array(StatusPattern).min(1).describe('The statuses that are a success: a status, or a class such as "2xx"'),
  retryOn: z.union([z.literal('any'), z.object({ connection: z.boolean().describe('Failures without an answer: name, connection, TLS, timeout'), statuses: z.array(StatusPattern).describe('Answers with these statuses') })]).describe('Which failures are retried; all others are final'),
  onGone: z.enum(['disable', 'retry', 'final']).describe('What follows from a 410: the callback is disabled, the attempt is retried, or the delivery fails'),
  onExhausted: z.enum(['dead-letter', 'block']).describe('What follows from the last failure: the delivery fails, or its subscription is blocked and the delivery parked'),
  // Callbacks from before this field are never disabled.
  disableAfterDays: DisableAfterDays.default(0),
  retryAfterMaxSeconds: z.number().min(0).max(1_209_600).describe('The longest Retry-After of a receiver that is followed, in seconds'),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** A signing secret in use. During a rotation the older one has an `expiresAt`; from then on it signs nothing. */
export const SigningSecret = z.object({ secret: Sealed, keyId: z.string().nullable(), expiresAt: Millis.nullable() });

export const Signing = z.object({
  scheme: z.string(),
  keyId: z.string().nullable(),
  publicKey: z.string().nullable(),
  secrets: z.array(SigningSecret).describe('Newest first; at most two'),
});
export type Signing = z.infer<typeof Signing>;

export const Authentication = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('none').describe('Nothing') }),
    z.object({ type: z.literal('oauth2').describe('A bearer token of a credential'), credential: z.string() }),
  ])
  .meta({ id: 'Authentication' });
export type Authentication = z.infer<typeof Authentication>;

export const Limits = z.object({
  concurrency: z.int().min(1).max(256).meta({ description: 'Concurrent requests, over all dispatchers' }),
  perSecond: z.number().positive().nullable().meta({ description: 'Requests a second, over all dispatchers; null = no limit' }),
});

export const Method = z.enum(['POST', 'PUT', 'PATCH']);
export const ProfileName = z.enum(['persona', 'webhookie', 'standard']);
export const Envelope = z.enum(['raw', 'json-api', 'cloudevents']);
export type Envelope = z.infer<typeof Envelope>;
export const OnTokenFailure = z.enum(['retry', 'block', 'hold']);
export type OnTokenFailure = z.infer<typeof OnTokenFailure>;

/** How to deliver, and to which address: the profile's presets with the callback's own settings on top. */
export const Callback = z.object({
  id: z.string(),
  tenant: z.string(),
  application: z.string(),
  groups: z.array(z.string()),
  name: z.string(),
  url: z.string(),
  method: Method.describe('The HTTP method of a delivery'),
  profile: ProfileName.describe('The profile, which presets every setting that is not given'),
  enabled: z.boolean(),
  disabledReason: z.string().nullable().describe('Why Nuncio disabled it: `gone` = the endpoint answered 410, `failing` = it failed for too long; null = it is enabled, or a person disabled it'),
  // Callbacks from before this field are not paused.
  pausedUntil: Millis.nullable().default(null).describe('Nothing is sent until then, and deliveries are kept; null, or a time in the past = it is not paused'),
  signing: Signing.describe('How requests are signed'),
  authentication: Authentication.describe('How a request is authorized beside its signature: not at all, or with an OAuth 2.0 bearer token'),
  headers: z.record(z.string(), z.string()).describe('Headers of every request, by name').meta({ examples: [{ 'X-Team': 'billing' }] }),
  secretHeaders: z.record(z.string(), Sealed),
  /** When each secret was set, by field: `signing`, `secretHeaders.<name>`. Fields from before this was recorded are absent. */
  secretsAt: z.record(z.string(), Millis).optional(),
  envelope: Envelope.describe('What the payload is wrapped in: nothing, a JSON:API document, or the headers of a binary CloudEvent'),
  timeoutMs: z.int().min(1_000).max(30_000).describe('How long a request may take, in milliseconds').meta({ examples: [5_000] }),
  retry: RetryPolicy.describe('When failed attempts are retried'),
  onTokenFailure: OnTokenFailure.describe('What follows if the authorization server gives no token: a failed attempt, a blocked subscription, or a held delivery'),
  limits: Limits.describe('The limits that protect the endpoint'),
  ...keyed,
});
export type Callback = z.infer<typeof Callback>;

/** For how many more milliseconds the callback is paused at `now`; 0 = it is not. */
export const pausedFor = ({ pausedUntil }: Partial<Pick<Callback, 'pausedUntil'>>, now: number): number => Math.max(0, (pausedUntil ?? 0) - now);
