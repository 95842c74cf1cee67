import { setTimeout as delay } from 'node:timers/promises';
import type { Services } from '@nuncio/embedded';
import type { Fleet } from '../fleet/fleet.js';
import { attemptOf, Traffic } from '../fleet/traffic.js';

const PER_SECOND = 500;
const STANDSTILL_PER_SECOND = 200;
/** How long events are published before each change of the fleet. */
const MEANWHILE_MS = 500;
/** How much later than the stop a delivery may be read that was sent before it. */
const ON_THE_WIRE_MS = 3_000;
/** Long enough to become a member again. */
const AWAKE_MS = 5_000;
/**
 * The most requests after waking: the stop may come between the decision to send and the writing. A dispatcher that did not check its membership
 * would send hundreds.
 */
export const ON_WAKING_AT_MOST = 5;

/** The result of a change of the fleet. */
export interface Change {
  readonly change: string;
  readonly perSecond: number;
  readonly deliveries: number;
  /** Deliveries that were never made. */
  readonly lost: number;
  /** Attempts that were made twice and should not have been. */
  readonly repeated: number;
  /** The longest time that a dispatcher took to leave. */
  readonly leftWithinMs?: number;
  /** Requests that a dispatcher sent after waking, for work that others had done. */
  readonly onWaking?: number;
}

/** Two dispatchers join the present one, each of the three is restarted, and the two leave again, all with SIGTERM. */
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
 * Stops a second dispatcher with SIGSTOP in the middle of its work, for this long. The other one takes over, and repeats only the requests that were
 * on the wire.
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
