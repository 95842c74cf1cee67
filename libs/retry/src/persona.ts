import { defaultLimits, type Profile } from './profile.js';

/** Persona, "Webhook best practices": n⁶ seconds, seven retries over about 52 hours. */
export const persona: Profile = {
  name: 'persona',
  method: 'POST',
  scheme: 'persona',
  oauthScheme: 'persona',
  envelope: 'json-api',
  timeoutMs: 5_000,
  retry: {
    delaysSeconds: [3, 64, 729, 4_096, 15_625, 46_656, 117_649],
    jitter: 0.1,
    successStatuses: [200, 201, 202, 204],
    retryOn: 'any',
    onGone: 'retry',
    onExhausted: 'dead-letter',
    retryAfterMaxSeconds: 86_400,
    disableAfterDays: 0,
  },
  onTokenFailure: 'retry',
  limits: defaultLimits,
};
