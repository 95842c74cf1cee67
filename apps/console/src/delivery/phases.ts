import type { Schemas } from '../api/client.js';

/** What an attempt spent its time on, in order. */
export const PHASES = ['token', 'DNS', 'connect', 'TLS', 'first byte', 'answer'] as const;

export interface Phase {
  readonly name: (typeof PHASES)[number];
  readonly ms: number;
}

/** The API gives marks from the start of the request, and the wait for the token apart; null = it was not needed, or never came to it. */
export function phasesOf({ token, dns, connect, tls, firstByte, total }: Schemas['Attempt']['timingsMs']): Phase[] {
  const phases: Phase[] = [{ name: 'token', ms: token }];
  let before = 0;
  for (const [i, mark] of [dns, connect, tls, firstByte, total].entries()) {
    const name = PHASES[i + 1];
    if (mark === null || name === undefined) continue;
    phases.push({ name, ms: Math.max(0, mark - before) });
    before = Math.max(before, mark);
  }
  return phases.filter(({ ms }) => ms > 0);
}
