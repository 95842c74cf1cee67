import type { Schemas } from '../api/client.js';

type Health = Schemas['CallbackHealth'];

/** One thing that is broken: endpoints of one host that fail alike. */
export interface Cause {
  readonly host: string;
  readonly errorClass: string;
  /** Since when the first of them fails; null = not known. */
  readonly since: string | null;
  readonly endpoints: readonly Health[];
  readonly waiting: number;
  /** Of the newest failure. */
  readonly last: NonNullable<Health['lastFailure']> | null;
}

/** Those with most endpoints first. `hostOf` a callback; null = not known. */
export function causesOf(failing: readonly Health[], hostOf: (callback: string) => string | null): Cause[] {
  const groups = Map.groupBy(failing, ({ callback, lastFailure }) => JSON.stringify([hostOf(callback) ?? callback, lastFailure?.errorClass ?? 'unknown']));
  return Array.from(groups, ([key, endpoints]): Cause => {
    const [host, errorClass] = JSON.parse(key) as [string, string];
    const failures = endpoints.flatMap(({ lastFailure }) => lastFailure ?? []).sort((a, b) => b.at.localeCompare(a.at));
    const [since = null] = endpoints.flatMap((endpoint) => endpoint.since ?? []).sort();
    const waiting = endpoints.reduce((sum, { waiting: { pending, held, parked } }) => sum + pending.count + held.count + parked.count, 0);
    return { host, errorClass, since, endpoints, waiting, last: failures[0] ?? null };
  }).sort((a, b) => b.endpoints.length - a.endpoints.length || b.waiting - a.waiting);
}
