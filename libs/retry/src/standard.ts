import { defaultLimits, type Profile } from './profile.js';

/** Standard Webhooks, "Deliverability and reliability": nine retries over about three days; 410 disables. Our default. */
export const standard: Profile = {
  name: 'standard',
  method: 'POST',
  scheme: 'standard-webhooks',
  oauthScheme: 'standard-webhooks',
  envelope: 'raw',
  timeoutMs: 15_000,
  retry: {
    delaysSeconds: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
    jitter: 0.1,
    successStatuses: ['2xx'],
    retryOn: 'any',
    onGone: 'disable',
    onExhausted: 'dead-letter',
    retryAfterMaxSeconds: 86_400,
    disableAfterDays: 5,
  },
  onTokenFailure: 'hold',
  limits: defaultLimits,
};
