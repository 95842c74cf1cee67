import { Autoscaler } from './autoscaler.js';
import type { ScaledObject } from './scaled-object.js';

/** A day's traffic. Time in seconds from midnight. */
export interface Day {
  readonly name: string;
  /** Deliveries a second that are published. */
  readonly rate: (at: number) => number;
  /** Deliveries that wait for endpoints which do not answer, and for how long, in seconds: they hold up nothing else. */
  readonly hanging?: (at: number) => { readonly records: number; readonly seconds: number };
}

/** What became of it. */
export interface Course {
  readonly published: number;
  /** The fewest and the most dispatchers that there were. */
  readonly fewest: number;
  readonly most: number;
  /** How often their number changed, and how often it went the other way than the last time. */
  readonly changes: number;
  readonly turns: number;
  /** How long after the last change it went the other way, at the least; Infinity = it never did. */
  readonly quickestTurnSeconds: number;
  /** How old the oldest delivery that was not begun was at most. */
  readonly latestSeconds: number;
  /** Of what dispatchers could do, how much they did. */
  readonly usedPercent: number;
}

const DAY = 86_400;
const PARTITIONS = 12;
/** docs/performance.md, "Sizing": what a delivery costs at a steady 1,000 a second, and what a dispatcher does at most. */
const STEADY_COST = 329e-6;
const MOST_PER_SECOND = 5_000;
/** A new pod pulls, starts, and loads its view; then all of the group stands still for a rebalance. */
const START_SECONDS = 30;
const REBALANCE_SECONDS = 5;
/** How old a figure is when the autoscaler sees it: attempt-log looks every 10 s, Prometheus every 15, the autoscaler every 15. */
const FIGURE_AGE_SECONDS = 25;
const LOOK_EVERY_SECONDS = 15;
const RATE_WINDOW_SECONDS = 120;

/** Plays a day with dispatchers as they were measured, a second at a time. `lateness`: what the query of the first trigger makes of seconds late and records due. */
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
    // Partitions are whole: whoever has the most of them is done last.
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

/** Under a backlog a delivery costs less, since more of them share what a batch costs. */
function coresOf(perSecond: number, dispatchers: number): number {
  const each = perSecond / dispatchers;
  const share = Math.min(1, Math.max(0, (each - 1_000) / (MOST_PER_SECOND - 1_000)));
  return perSecond * (STEADY_COST + share * (1 / MOST_PER_SECOND - STEADY_COST));
}

/** From `low` at four in the morning to `high` at four in the afternoon, with a fifth more or less by the minute. */
export const daily = (low: number, high: number) => (at: number): number => (low + (high - low) * (0.5 - 0.5 * Math.cos((2 * Math.PI * (at - 4 * 3_600)) / DAY))) * (1 + 0.2 * Math.sin(at / 37) * Math.sin(at / 11));

const within = (at: number, from: number, seconds: number): boolean => at >= from && at < from + seconds;

export const DAYS: readonly Day[] = [
  { name: 'an ordinary day, 500 to 20,000/s', rate: daily(500, 20_000) },
  { name: 'a quiet day, 100/s', rate: daily(100, 100) },
  { name: 'a campaign at noon: 500, then 15,000/s for an hour', rate: (at) => (within(at, 12 * 3_600, 3_600) ? 15_000 : 500) },
  { name: 'a burst of 20,000/s for a minute, each hour', rate: (at) => (at % 3_600 < 60 ? 20_000 : 1_000) },
  { name: 'up and down every ten minutes, 1,000 and 8,000/s', rate: (at) => (at % 1_200 < 600 ? 1_000 : 8_000) },
  { name: 'endpoints that hang for 30 s, all day; 1,000/s', rate: daily(1_000, 1_000), hanging: () => ({ records: 3_000, seconds: 30 }) },
];
