import { setTimeout as delay } from 'node:timers/promises';
import type { Services } from '@nuncio/embedded';
import type { Fleet } from '../fleet/fleet.js';
import { attemptOf, Traffic } from '../fleet/traffic.js';

const PER_SECOND = 500;
const STANDSTILL_PER_SECOND = 200;
/** Of events before something happens to the fleet, and before the next does. */
const MEANWHILE_MS = 500;
/** A delivery sent before the stop may be read a little later on a busy machine. */
const ON_THE_WIRE_MS = 1_000;
/** Long enough to be a member again. */
const AWAKE_MS = 5_000;
/** Requests on waking, at most: a stop may fall into the turn of the event loop in which they were asked for and not yet written. A dispatcher that did not ask would send hundreds. */
export const ON_WAKING_AT_MOST = 5;

/** The result. */
export interface Change {
  readonly change: string;
  readonly perSecond: number;
  readonly deliveries: number;
  /** Never made. */
  readonly lost: number;
  /** Attempts that were made twice and should not have been. */
  readonly repeated: number;
  /** The longest time that a dispatcher took to leave. */
  readonly leftWithinMs?: number;
  /** Requests that a dispatcher sent on waking, of work that others had done. */
  readonly onWaking?: number;
}

/** Two dispatchers join the one there is, each of the three is restarted, and the two leave again, all of them in order: SIGTERM. */
export async function comeAndGo(fleet: Fleet, services: Services, requestsPerSecond = PER_SECOND): Promise<Change> {
  const traffic = await Traffic.begin(fleet, requestsPerSecond);
  let leftWithinMs = 0;
  const leave = async (name: string): Promise<void> => {
    const at = Date.now();
    await services.kill(name, 'SIGTERM');
    leftWithinMs = Math.max(leftWithinMs, Date.now() - at);
    await delay(MEANWHILE_MS);
  };
  try {
    await delay(MEANWHILE_MS);
    const added = [await services.add('dispatcher'), await services.add('dispatcher')];
    for (const name of ['dispatcher', ...added]) {
      await leave(name);
      await services.start(name);
    }
    for (const name of added) await leave(name);
    const { perSecond } = traffic;
    await traffic.settle();
    const { expected: deliveries, missing: lost, repeated } = traffic;
    return { change: '1 → 3, each restarted, → 1', perSecond, deliveries, lost, repeated: repeated.length, leftWithinMs };
  } finally {
    await traffic.close();
  }
}

/**
 * A second dispatcher stands still for so long, SIGSTOP, in the middle of its work; the other one takes it over. What was on the wire at that moment comes
 * twice, by its successor.
 */
export async function standStill(fleet: Fleet, services: Services, forMs: number): Promise<Change> {
  const second = await services.add('dispatcher');
  const pid = services.services[second]?.pid ?? NaN;
  const traffic = await Traffic.begin(fleet, STANDSTILL_PER_SECOND);
  try {
    await delay(MEANWHILE_MS);
    process.kill(pid, 'SIGSTOP');
    const stoppedAt = Date.now();
    await delay(forMs);
    const { perSecond } = traffic;
    await traffic.settle();
    const onTheWire = new Set(traffic.requests.filter(({ at }) => at <= stoppedAt + ON_THE_WIRE_MS).map(attemptOf));
    const repeated = traffic.repeated.filter((request) => !onTheWire.has(attemptOf(request)));
    const before = traffic.requests.length;
    process.kill(pid, 'SIGCONT');
    await delay(AWAKE_MS);
    const { expected: deliveries, missing: lost, requests } = traffic;
    return { change: `still for ${forMs / 1_000} s`, perSecond, deliveries, lost, repeated: repeated.length, onWaking: requests.length - before };
  } finally {
    process.kill(pid, 'SIGCONT');
    await traffic.close();
    await services.kill(second, 'SIGTERM');
  }
}
