import { Chance } from './chance.js';

const SERVICE_FAULTS = [
  // Most of what can be lost or repeated is in the dispatcher's hands.
  ...(['kill', 'kill', 'freeze', 'restart', 'scale', 'crowd'] as const).map((fault) => ({ fault, target: 'dispatcher' as const })),
  ...(['token-service', 'attempt-log', 'gateway'] as const).flatMap((target) => (['kill', 'freeze'] as const).map((fault) => ({ fault, target }))),
];
const SERVER_FAULTS = (['Kafka', 'Redis', 'PostgreSQL'] as const).flatMap((target) => (['kill', 'freeze'] as const).map((fault) => ({ fault, target })));
/** Of one of several brokers, and of all of them one after another. */
const BROKER_FAULTS = ['kill', 'freeze', 'cut', 'silence'] as const;
const MOODS = ['slow', 'failing', 'hanging'] as const;

export type Mood = (typeof MOODS)[number];
export type Server = (typeof SERVER_FAULTS)[number]['target'];

export type BrokerFault = (typeof BROKER_FAULTS)[number];

/**
 * What is done, and for how long. `kill` = kill -9, started again at the end; `freeze` = SIGSTOP and SIGCONT; `restart` = SIGTERM and start, of brokers one
 * after another; `scale` = one more, and SIGTERM to it at the end; `crowd` = one more, and kill -9 to it at the end; `cut` = dispatchers and one broker cannot
 * reach each other; `silence` = neither hears what the other says; the others are moods of a receiver.
 */
export type Fault =
  | (typeof SERVICE_FAULTS | typeof SERVER_FAULTS)[number]
  | { readonly fault: 'restart'; readonly target: 'brokers' }
  | { readonly fault: BrokerFault; readonly target: 'broker'; readonly brokers: readonly number[] }
  | { readonly fault: Mood; readonly target: string };
export type Planned = Fault & { readonly atMs: number; readonly forMs: number };

export interface Scope {
  readonly seconds: number;
  readonly receivers: readonly string[];
  /** Whether the servers are ours to break too. */
  readonly servers: boolean;
  /** The brokers' numbers, where there are several and they are ours; empty otherwise. */
  readonly brokers: readonly number[];
}

/** A broker is missed after 9 s. */
const LONGER = 4;

/**
 * The faults of a seed: the services', one after another, and beside them the receivers'. Every schedule begins with kill -9 of Kafka (of one
 * broker where there are several), where it is ours, and of a dispatcher, and with a receiver that hangs, since no run is worth much without. The same seed and scope give the same schedule.
 */
export function scheduleOf(seed: number, { seconds, receivers, servers, brokers }: Scope): Planned[] {
  const chance = new Chance(seed);
  const [first = ''] = receivers;
  const endMs = seconds * 1_000;
  const ofBrokers = brokerFaults(chance, brokers);
  const [killed = { fault: 'kill', target: 'Kafka' } as const] = ofBrokers;
  const opening = chance.shuffled<Fault>([...(servers ? [killed] : []), { fault: 'kill', target: 'dispatcher' }]);
  const services = dealt(chance, endMs, [800, 2_500], [500, 3_000], opening, () =>
    chance.shuffled<Fault>([...SERVICE_FAULTS, ...(servers ? SERVER_FAULTS : []), ...brokerFaults(chance, brokers)]),
  );
  const moods = dealt(chance, endMs, [200, 1_500], [1_000, 4_000], [{ fault: 'hanging', target: first }], () => [
    { fault: chance.pick(MOODS), target: chance.pick(receivers) },
  ]);
  return [...services, ...moods].sort((a, b) => a.atMs - b.atMs);
}

/** Each of one broker; two of them killed at once, so that too few copies are in sync; and all of them restarted in order. */
function brokerFaults(chance: Chance, brokers: readonly number[]): Fault[] {
  if (brokers.length === 0) return [];
  const each = BROKER_FAULTS.map((fault): Fault => ({ fault, target: 'broker', brokers: [chance.pick(brokers)] }));
  const two = chance.shuffled(brokers).slice(0, 2);
  return [...each, { fault: 'kill', target: 'broker', brokers: two }, { fault: 'restart', target: 'brokers' }];
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
    const forMs = chance.between(...lengthMs) * (fault.target === 'broker' ? LONGER : 1);
    planned.push({ ...fault, atMs, forMs });
    atMs += forMs + chance.between(...pauseMs);
  }
  return planned;
}
