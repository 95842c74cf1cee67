import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptAnswer } from '../fleet/answers.js';
import type { Fleet } from '../fleet/fleet.js';
import { Cast, digest } from './cast.js';
import { Chance } from './chance.js';
import { check, isForGood, type Violation } from './checker.js';
import { emptyHistory, RECEIVERS_STOOD_STILL, type Attempted, type Disturbance, type History } from './history.js';
import { publish } from './publisher.js';
import { scheduleOf, type Planned } from './schedule.js';
import { Stagehand, type Stage } from './stage.js';

/**
 * If nothing changes for this long, a violation is final: a hold after half a minute of bad answers takes 2 minutes at most, and a dead group member
 * is missed for 10 s.
 */
const PATIENCE_MS = 135_000;
const LOOK_EVERY_MS = 1_000;
const WATCH_EVERY_MS = 100;
const STANDSTILL_MS = 1_000;

export interface Run {
  readonly seed: number;
  /** The faults that were carried out. */
  readonly faults: readonly Planned[];
  readonly history: History;
  readonly violations: readonly Violation[];
}

/** Publishes for this many seconds while the seed's faults happen, repairs everything, waits until all is settled, and checks. */
export async function run(stage: Stage, seed: number, seconds: number): Promise<Run> {
  let faults: readonly Planned[] = [];
  const observed = await observe(stage.fleet, seed, async (cast, tell) => {
    const planned = scheduleOf(seed, { seconds, receivers: cast.moody, servers: stage.servers !== null, brokers: stage.servers?.brokers.several ?? [] });
    const stagehand = new Stagehand(stage, cast, tell);
    await Promise.all([stagehand.play(planned, seconds), delay(seconds * 1_000)]);
    faults = stagehand.committed;
  });
  return { seed, faults, ...observed };
}

/** Publishes while `happen` runs, waits until all is settled, and checks. */
export async function observe(fleet: Fleet, seed: number, happen: (cast: Cast, tell: (disturbance: Disturbance) => void) => Promise<void>): Promise<Pick<Run, 'history' | 'violations'>> {
  const cast = await Cast.assemble(fleet);
  let watching: NodeJS.Timeout | undefined;
  let goesOn = true;
  try {
    const told = { ...emptyHistory(), endpoints: cast.actors.map(({ endpoint }) => endpoint) };
    const tell = (disturbance: Disturbance): void => void told.disturbances.push(disturbance);
    watching = watchOurselves(tell);
    const publishing = publish(fleet, cast, new Chance(seed), () => goesOn, (event) => told.published.push(event));
    try {
      await happen(cast, tell);
    } finally {
      goesOn = false;
      await publishing;
    }
    return await settled(fleet, cast, told);
  } finally {
    clearInterval(watching);
    await cast.dismiss();
  }
}

/** Reports standstills of this process as disturbances: its receivers then see requests late, or after the sender has gone. */
function watchOurselves(tell: (disturbance: Disturbance) => void): NodeJS.Timeout {
  let from = Date.now();
  return setInterval(() => {
    const to = Date.now();
    if (to - from > STANDSTILL_MS) tell({ what: RECEIVERS_STOOD_STILL, from, to });
    from = to;
  }, WATCH_EVERY_MS);
}

/** Looks repeatedly until every promise is kept, one is broken for good, or nothing changes any more. */
async function settled(fleet: Fleet, cast: Cast, told: History): Promise<{ history: History; violations: Violation[] }> {
  let movedAt = Date.now();
  let size = 0;
  for (;;) {
    const history = await gather(fleet, cast, told).catch(() => null);
    const violations = history ? check(history) : [];
    const { arrived = [], attempted = [], stored = [] } = history ?? {};
    if (arrived.length + attempted.length + stored.length !== size) movedAt = Date.now();
    size = arrived.length + attempted.length + stored.length;
    const isOver = Date.now() - movedAt > PATIENCE_MS;
    const forGood = violations.filter(isForGood);
    // The others may only be late.
    if (history && forGood.length && !isOver) return { history, violations: forGood };
    if (history && (violations.length === 0 || isOver)) return { history, violations };
    if (isOver) throw new Error(`what was recorded cannot be read, ${PATIENCE_MS / 1_000} s after the last fault`);
    await delay(LOOK_EVERY_MS);
  }
}

interface Fact {
  readonly fact: string;
  readonly id: string;
  readonly tenant: string;
  readonly ceId: string;
  readonly delivery: string;
  readonly number: number;
  readonly startedAt: number;
  readonly at: number;
  readonly requests: number;
  readonly response: { readonly status: number } | null;
  readonly outcome: Attempted['outcome'];
  readonly next: { readonly step: string; readonly notBefore?: number };
}

/** The history with the present state of receivers, topics and the API. Records are read before deliveries, so that they cannot be ahead of them. */
async function gather({ api, cluster }: Fleet, cast: Cast, told: History): Promise<History> {
  const names = new Map(cast.actors.map(({ endpoint, tenant }) => [tenant.id, endpoint.name]));
  const stored = (await Promise.all([...names.keys()].map((tenant) => api.all<AttemptAnswer>('/v1/attempts', { tenant })))).flat().map(({ id }) => id);
  const [facts, records] = await Promise.all([cluster.read('attempts'), cluster.read('dead-letters')]);
  const attempted = facts.flatMap(({ value }): Attempted[] => {
    const { fact, tenant, ceId: event, at: endedAt, response, next, ...rest } = JSON.parse(value?.toString() ?? '{}') as Fact;
    const endpoint = names.get(tenant);
    if (fact !== 'attempted' || endpoint === undefined) return [];
    const { id, delivery, number, startedAt, requests, outcome } = rest;
    return [
      {
        id,
        endpoint,
        event,
        delivery,
        number,
        startedAt,
        endedAt,
        requests,
        outcome,
        status: response?.status ?? null,
        step: next.step,
        notBefore: next.notBefore ?? null,
      },
    ];
  });
  const ours = new Set(attempted.map(({ delivery }) => delivery));
  const deadLetters = records
    .map(({ key, value }) => ({ delivery: key?.toString() ?? '', body: digest(value ?? '') }))
    .filter(({ delivery }) => ours.has(delivery));
  return { ...told, stored, attempted, deadLetters, arrived: cast.actors.flatMap(({ arrived }) => arrived) };
}
