import { z } from 'zod';
import { keyed } from '../keying.js';
import { Millis, Sealed } from '../schema.js';

/** A status, or a class such as `"2xx"`. */
export const StatusPattern = z.union([z.int().min(100).max(599), z.string().regex(/^[1-5]xx$/, 'must be a status such as 204 or a class such as "2xx"')]);
export type StatusPattern = z.infer<typeof StatusPattern>;

export const DisableAfterDays = z.number().min(0).max(365).describe('Days of nothing but failure after which the callback is disabled; 0 = never');

export const RetryPolicy = z.object({
  delaysSeconds: z.array(z.number().min(1).max(1_209_600)).max(20).describe('Seconds from the end of a failed attempt to the next one, in order'),
  jitter: z.number().min(0).max(1).describe('Adds up to this share of the delay, never takes away'),
  successStatuses: z.array(StatusPattern).min(1).describe('Which statuses are a success: each one status, or a class such as "2xx"'),
  retryOn: z.union([z.literal('any'), z.object({ connection: z.boolean().describe('Whatever brings no answer: name, connection, TLS, timeout'), statuses: z.array(StatusPattern).describe('These answers') })]).describe('Which failures are tried again; whatever else is final'),
  onGone: z.enum(['disable', 'retry', 'final']).describe('What a 410 means: the callback is disabled, it is tried again, or the delivery has failed'),
  onExhausted: z.enum(['dead-letter', 'block']).describe('After the last retry: the delivery has failed, or its subscription is blocked and the delivery parked'),
  // Callbacks from before this field are never disabled.
  disableAfterDays: DisableAfterDays.default(0),
  retryAfterMaxSeconds: z.number().min(0).max(1_209_600).describe('A Retry-After of the receiver counts up to so many seconds'),
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
  concurrency: z.int().min(1).max(256).meta({ description: 'Requests on their way at a time, over all dispatchers' }),
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
  profile: ProfileName.describe('What presets every setting that is not given itself'),
  enabled: z.boolean(),
  disabledReason: z.string().nullable().describe('Why Nuncio disabled it; null = it is enabled, or somebody disabled it'),
  // Callbacks from before this field are not paused.
  pausedUntil: Millis.nullable().default(null).describe('Until then nothing is sent, and everything is kept; null, or a time that has passed = it is not paused'),
  signing: Signing.describe('How each request is signed'),
  authentication: Authentication.describe('What a request shows beside its signature: nothing, or an OAuth 2.0 bearer token'),
  headers: z.record(z.string(), z.string()).describe('Headers of every request, by name').meta({ examples: [{ 'X-Team': 'billing' }] }),
  secretHeaders: z.record(z.string(), Sealed),
  /** When each secret was set, by field: `signing`, `secretHeaders.<name>`. Fields from before this was recorded are absent. */
  secretsAt: z.record(z.string(), Millis).optional(),
  envelope: Envelope.describe('What stands around the payload: nothing, a JSON:API document, or the headers of a binary CloudEvent'),
  timeoutMs: z.int().min(1_000).max(30_000).describe('How long a request may take, in milliseconds').meta({ examples: [5_000] }),
  retry: RetryPolicy.describe('What follows a failure, and when'),
  onTokenFailure: OnTokenFailure.describe('When the authorization server gives no token: a failed attempt, the subscription is blocked, or the delivery is held'),
  limits: Limits.describe('What the endpoint is asked to bear'),
  ...keyed,
});
export type Callback = z.infer<typeof Callback>;

/** For how many more milliseconds the callback is paused at `now`; 0 = it is not. */
export const pausedFor = ({ pausedUntil }: Partial<Pick<Callback, 'pausedUntil'>>, now: number): number => Math.max(0, (pausedUntil ?? 0) - now);
