import type { Schemas } from '../api/client.js';

/** What an attempt spent its time on, in order: waits of ours first, then the request. */
export const PHASES = ['place at the callback', 'place in the process', 'rate', 'token', 'turn to connect', 'DNS', 'connect', 'TLS', 'first byte', 'answer'] as const;

/** Those before the request begins, which are no part of the time that an attempt took. */
export const WAITS_BEFORE: readonly (typeof PHASES)[number][] = ['place at the callback', 'place in the process', 'rate', 'turn to connect'];

/** A shorter phase would be shown as 0 ms. */
const SHORTEST_MS = 0.5;

export interface Phase {
  readonly name: (typeof PHASES)[number];
  readonly ms: number;
}

/** The API gives marks from the start of the request, and separately the waits before it. A mark is null if the phase was not needed, or not reached. */
export function phasesOf({ timingsMs: { token, dns, connect, tls, firstByte, total }, waitsMs }: Pick<Schemas['Attempt'], 'timingsMs' | 'waitsMs'>): Phase[] {
  const { place = 0, process = 0, rate = 0, handshake = 0 } = waitsMs ?? {};
  const waits = [place, process, rate, token, handshake];
  const marks = [dns, connect, tls, firstByte, total];
  let before = 0;
  const requested = marks.map((mark) => {
    const ms = mark === null ? 0 : Math.max(0, mark - before);
    before = Math.max(before, mark ?? 0);
    return ms;
  });
  return PHASES.map((name, i) => ({ name, ms: [...waits, ...requested][i] ?? 0 })).filter(({ ms }) => ms >= SHORTEST_MS);
}
