import { defaultLimits, type Profile } from './profile.js';

/** webhookie, "Callbacks": three retries, then the subscription is blocked. Its signature occupies `Authorization`, so OAuth goes unsigned. */
export const webhookie: Profile = {
  name: 'webhookie',
  method: 'POST',
  scheme: 'webhookie',
  oauthScheme: 'none',
  envelope: 'raw',
  timeoutMs: 15_000,
  retry: {
    delaysSeconds: [10, 30, 70],
    jitter: 0,
    successStatuses: ['2xx'],
    retryOn: { connection: true, statuses: ['5xx', 404, 401, 408, 429] },
    onGone: 'final',
    onExhausted: 'block',
    retryAfterMaxSeconds: 86_400,
    disableAfterDays: 0,
  },
  onTokenFailure: 'block',
  limits: defaultLimits,
};
