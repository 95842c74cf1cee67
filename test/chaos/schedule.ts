import { Chance } from './chance.js';

const SERVICE_FAULTS = [
  // Most of what can be lost or repeated is in the dispatcher's hands.
  ...(['kill', 'kill', 'freeze', 'restart', 'scale', 'crowd'] as const).map((fault) => ({ fault, target: 'dispatcher' as const })),
  ...(['token-service', 'attempt-log', 'gateway'] as const).flatMap((target) => (['kill', 'freeze'] as const).map((fault) => ({ fault, target }))),
];
const SERVER_FAULTS = (['Kafka', 'Redis', 'PostgreSQL'] as const).flatMap((target) => (['kill', 'freeze'] as const).map((fault) => ({ fault, target })));
const MOODS = ['slow', 'failing', 'hanging'] as const;

export type Mood = (typeof MOODS)[number];
export type Server = (typeof SERVER_FAULTS)[number]['target'];

/**
 * What is done, and for how long. `kill` = kill -9, started again at the end; `freeze` = SIGSTOP and SIGCONT; `restart` = SIGTERM and start;
 * `scale` = one more, and SIGTERM to it at the end; `crowd` = one more, and kill -9 to it at the end; the others are moods of a receiver.
 */
export type Fault = (typeof SERVICE_FAULTS | typeof SERVER_FAULTS)[number] | { readonly fault: Mood; readonly target: string };
export type Planned = Fault & { readonly atMs: number; readonly forMs: number };

export interface Scope {
  readonly seconds: number;
  readonly receivers: readonly string[];
  /** Whether the servers are ours to break too. */
  readonly servers: boolean;
}

/**
 * The faults of a seed: the services', one after another, and beside them the receivers'. Every schedule begins with kill -9 of Kafka, where it is ours, and
 * of a dispatcher, and with a receiver that hangs, since no run is worth much without. The same seed and scope give the same schedule.
 */
export function scheduleOf(seed: number, { seconds, receivers, servers }: Scope): Planned[] {
  const chance = new Chance(seed);
  const [first = ''] = receivers;
  const endMs = seconds * 1_000;
  const opening = chance.shuffled<Fault>(
    (servers ? (['Kafka', 'dispatcher'] as const) : (['dispatcher'] as const)).map((target) => ({ fault: 'kill', target })),
  );
  const services = dealt(chance, endMs, [800, 2_500], [500, 3_000], opening, () =>
    chance.shuffled<Fault>([...SERVICE_FAULTS, ...(servers ? SERVER_FAULTS : [])]),
  );
  const moods = dealt(chance, endMs, [200, 1_500], [1_000, 4_000], [{ fault: 'hanging', target: first }], () => [
    { fault: chance.pick(MOODS), target: chance.pick(receivers) },
  ]);
  return [...services, ...moods].sort((a, b) => a.atMs - b.atMs);
}

type Range = readonly [least: number, most: number];

function dealt(chance: Chance, endMs: number, pauseMs: Range, lengthMs: Range, opening: Fault[], more: () => Fault[]): Planned[] {
  const planned: Planned[] = [];
  let deck = opening;
  for (let atMs = chance.between(...pauseMs); atMs < endMs;) {
    if (deck.length === 0) deck = more();
    const [fault, ...rest] = deck;
    if (!fault) return planned;
    deck = rest;
    const forMs = chance.between(...lengthMs);
    planned.push({ ...fault, atMs, forMs });
    atMs += forMs + chance.between(...pauseMs);
  }
  return planned;
}
