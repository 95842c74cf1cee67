import { Autoscaler } from './autoscaler.js';
import type { ScaledObject } from './scaled-object.js';

/** The traffic of a day. Times in seconds from midnight. */
export interface Day {
  readonly name: string;
  /** Deliveries published per second. */
  readonly rate: (at: number) => number;
  /** Deliveries that wait for endpoints which do not answer, and for how many seconds. They delay nothing else. */
  readonly hanging?: (at: number) => { readonly records: number; readonly seconds: number };
}

/** The result of a day. */
export interface Course {
  readonly published: number;
  /** The lowest and highest number of dispatchers. */
  readonly fewest: number;
  readonly most: number;
  /** How often the number changed, and how often a change had the opposite direction of the last one. */
  readonly changes: number;
  readonly turns: number;
  /** The shortest time between two changes of opposite directions, in seconds; Infinity = there were none. */
  readonly quickestTurnSeconds: number;
  /** The highest age of the oldest delivery that was not begun. */
  readonly latestSeconds: number;
  /** Work done, as per cent of what the dispatchers could have done. */
  readonly usedPercent: number;
}

const DAY = 86_400;
const PARTITIONS = 12;
/** docs/performance.md, "Sizing": the cost of a delivery at a steady 1,000 a second, and a dispatcher's maximum rate. */
const STEADY_COST = 329e-6;
const MOST_PER_SECOND = 5_000;
/** A new pod is pulled, starts, and loads its view. Then the whole group stops for a rebalance. */
const START_SECONDS = 30;
const REBALANCE_SECONDS = 5;
/** The age of a figure when the autoscaler sees it: attempt-log measures every 10 s, Prometheus every 15, the autoscaler every 15. */
const FIGURE_AGE_SECONDS = 25;
const LOOK_EVERY_SECONDS = 15;
const RATE_WINDOW_SECONDS = 120;

/**
 * Simulates a day second by second, with dispatchers as they were measured. `lateness`: what the first trigger's query makes of seconds late and
 * records due.
 */
export function play(object: ScaledObject, day: Day, lateness: (late: number, records: number) => number): Course {
  const autoscaler = new Autoscaler(object);
  let [current, ready] = [object.minReplicaCount, object.minReplicaCount];
  let [standsUntil, readyAt] = [0, 0];
  let [published, done, backlogSince] = [0, 0, 0];
  let [changes, turns, direction, fewest, most] = [0, 0, 0, current, current];
  let [latestSeconds, capacity, changedAt, quickestTurnSeconds] = [0, 0, 0, Infinity];
  const arrived: number[] = [];
  const lates: number[] = [];
  const dues: number[] = [];
  const processors: number[] = [];
  for (let at = 0; at < DAY; at++) {
    published += day.rate(at);
    arrived.push(published);
    if (ready !== current && at >= readyAt) [ready, standsUntil] = [current, at + REBALANCE_SECONDS];
    // Partitions cannot be divided, so the dispatcher with most of them finishes last.
    const able = at < standsUntil ? 0 : (MOST_PER_SECOND * PARTITIONS) / Math.ceil(PARTITIONS / ready);
    const worked = Math.min(able, published - done);
    done += worked;
    capacity += able;
    while (backlogSince < at && (arrived[backlogSince] ?? 0) <= done) backlogSince += 1;
    const late = published > done + 1 ? at - backlogSince : 0;
    latestSeconds = Math.max(latestSeconds, late);
    const { records = 0, seconds = 0 } = day.hanging?.(at) ?? {};
    lates.push(Math.max(late, records ? seconds : 0));
    dues.push(published - done + records);
    processors.push(coresOf(worked, ready));
    if (at % LOOK_EVERY_SECONDS !== 0 || at < RATE_WINDOW_SECONDS) continue;
    const seen = at - FIGURE_AGE_SECONDS;
    const window = processors.slice(seen - RATE_WINDOW_SECONDS, seen);
    const next = autoscaler.next(at, current, [lateness(lates[seen] ?? 0, dues[seen] ?? 0), window.reduce((sum, one) => sum + one, 0) / RATE_WINDOW_SECONDS]);
    if (next === current) continue;
    const way = Math.sign(next - current);
    changes += 1;
    if (direction && way !== direction) [turns, quickestTurnSeconds] = [turns + 1, Math.min(quickestTurnSeconds, at - changedAt)];
    [direction, current, readyAt, changedAt] = [way, next, at + (way > 0 ? START_SECONDS : 0), at];
    [fewest, most] = [Math.min(fewest, next), Math.max(most, next)];
  }
  return { published: Math.round(published), fewest, most, changes, turns, quickestTurnSeconds, latestSeconds, usedPercent: Math.round((100 * done) / capacity) };
}

/** With a backlog a delivery costs less, since more of them share the cost of a batch. */
function coresOf(perSecond: number, dispatchers: number): number {
  const each = perSecond / dispatchers;
  const share = Math.min(1, Math.max(0, (each - 1_000) / (MOST_PER_SECOND - 1_000)));
  return perSecond * (STEADY_COST + share * (1 / MOST_PER_SECOND - STEADY_COST));
}

/** From `low` at four in the morning to `high` at four in the afternoon, varying by a fifth from minute to minute. */
const daily = (low: number, high: number) => (at: number): number => (low + (high - low) * (0.5 - 0.5 * Math.cos((2 * Math.PI * (at - 4 * 3_600)) / DAY))) * (1 + 0.2 * Math.sin(at / 37) * Math.sin(at / 11));

const within = (at: number, from: number, seconds: number): boolean => at >= from && at < from + seconds;

export const DAYS: readonly Day[] = [
  { name: 'an ordinary day, 500 to 20,000/s', rate: daily(500, 20_000) },
  { name: 'a quiet day, 100/s', rate: daily(100, 100) },
  { name: 'a campaign at noon: 500, then 15,000/s for an hour', rate: (at) => (within(at, 12 * 3_600, 3_600) ? 15_000 : 500) },
  { name: 'a burst of 20,000/s for a minute, each hour', rate: (at) => (at % 3_600 < 60 ? 20_000 : 1_000) },
  { name: 'up and down every ten minutes, 1,000 and 8,000/s', rate: (at) => (at % 1_200 < 600 ? 1_000 : 8_000) },
  { name: 'endpoints that hang for 30 s, all day; 1,000/s', rate: daily(1_000, 1_000), hanging: () => ({ records: 3_000, seconds: 30 }) },
];
