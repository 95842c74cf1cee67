import { z } from 'zod';
import { keyed } from '../keying.js';
import { Millis, Sealed } from '../schema.js';

/** `"2xx"`, or one status. */
export const StatusPattern = z.union([z.int().min(100).max(599), z.string().regex(/^[1-5]xx$/, 'must be a status such as 204 or a class such as "2xx"')]);
export type StatusPattern = z.infer<typeof StatusPattern>;

export const RetryPolicy = z.object({
  /** Seconds from the end of a failed attempt to the next one, in order. */
  delaysSeconds: z.array(z.number().min(1).max(1_209_600)).max(20),
  /** Adds up to this share of the delay, never takes away. */
  jitter: z.number().min(0).max(1),
  successStatuses: z.array(StatusPattern).min(1),
  /** Which failures are tried again; whatever else is final. */
  retryOn: z.union([z.literal('any'), z.object({ connection: z.boolean(), statuses: z.array(StatusPattern) })]),
  onGone: z.enum(['disable', 'retry', 'final']),
  onExhausted: z.enum(['dead-letter', 'block']),
  retryAfterMaxSeconds: z.number().min(0).max(1_209_600),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** A live signing secret; `expiresAt` is set for the older one during a rotation, and from that moment on it signs nothing. */
export const SigningSecret = z.object({ secret: Sealed, keyId: z.string().nullable(), expiresAt: Millis.nullable() });

export const Signing = z.object({
  scheme: z.string(),
  keyId: z.string().nullable(),
  publicKey: z.string().nullable(),
  /** Newest first; at most two. */
  secrets: z.array(SigningSecret),
});
export type Signing = z.infer<typeof Signing>;

export const Authentication = z.discriminatedUnion('type', [
  z.object({ type: z.literal('none') }),
  z.object({ type: z.literal('oauth2'), credential: z.string() }),
]);
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

/** Where and how to deliver, effective: the profile's presets with the callback's own settings on top. */
export const Callback = z.object({
  id: z.string(),
  tenant: z.string(),
  application: z.string(),
  groups: z.array(z.string()),
  name: z.string(),
  url: z.string(),
  method: Method,
  profile: ProfileName,
  enabled: z.boolean(),
  disabledReason: z.string().nullable(),
  signing: Signing,
  authentication: Authentication,
  headers: z.record(z.string(), z.string()),
  secretHeaders: z.record(z.string(), Sealed),
  envelope: Envelope,
  timeoutMs: z.int().min(1_000).max(30_000),
  retry: RetryPolicy,
  onTokenFailure: OnTokenFailure,
  limits: Limits,
  ...keyed,
});
export type Callback = z.infer<typeof Callback>;
