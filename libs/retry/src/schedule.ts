import type { RetryPolicy, StatusPattern } from '@nuncio/contracts';
import { httpDate } from './http-date.js';

const MIN_HOLD_MS = 86_400_000;

export const matchesStatus = (patterns: readonly StatusPattern[], status: number): boolean =>
  patterns.some((pattern) => (typeof pattern === 'number' ? pattern === status : Number(pattern[0]) === Math.floor(status / 100)));

/**
 * When the next attempt is due, epoch milliseconds; null = no retries are left. Counts from the end of the failed
 * attempt. Jitter and `Retry-After` can only make it later. `random` in [0, 1).
 */
export function nextDue(policy: RetryPolicy, retriesUsed: number, endedAt: number, retryAfterMs: number | null, random: number): number | null {
  const delaySeconds = policy.delaysSeconds[retriesUsed];
  if (delaySeconds === undefined) return null;
  const delayMs = delaySeconds * 1_000 * (1 + policy.jitter * random);
  const askedMs = Math.min(retryAfterMs ?? 0, policy.retryAfterMaxSeconds * 1_000);
  return endedAt + Math.ceil(Math.max(delayMs, askedMs));
}

/**
 * `Retry-After` (RFC 9110 §10.2.3), seconds or HTTP date, as milliseconds from `now`; null = absent or unreadable. Some servers send a fraction of
 * seconds; the caller waits at least as long.
 */
export function retryAfterMs(header: string | readonly string[] | undefined, now: number): number | null {
  const value = (typeof header === 'string' ? header : header?.[0])?.trim();
  if (!value) return null;
  if (/^\d+(?:\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1_000); // any number of digits: the caller limits it
  const date = httpDate(value, now);
  return date === null ? null : Math.max(0, date - now);
}

/** How long a delivery may be held: the sum of its retry schedule, at least 24 h. */
export const longestHoldMs = (policy: RetryPolicy): number =>
  Math.max(
    MIN_HOLD_MS,
    policy.delaysSeconds.reduce((sum, seconds) => sum + seconds * 1_000, 0),
  );
