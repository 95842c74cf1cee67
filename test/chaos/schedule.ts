import { Chance } from './chance.js';

const SERVICE_FAULTS = [
  // The dispatcher has most faults, since most of what can be lost or repeated is its work.
  ...(['kill', 'kill', 'freeze', 'restart', 'scale', 'crowd'] as const).map((fault) => ({ fault, target: 'dispatcher' as const })),
  ...(['token-service', 'attempt-log', 'gateway'] as const).flatMap((target) => (['kill', 'freeze'] as const).map((fault) => ({ fault, target }))),
];
const SERVER_FAULTS = (['Kafka', 'Redis', 'PostgreSQL'] as const).flatMap((target) => (['kill', 'freeze'] as const).map((fault) => ({ fault, target })));
/** For one of several brokers, or all of them one after another. */
const BROKER_FAULTS = ['kill', 'freeze', 'cut', 'silence'] as const;
const MOODS = ['slow', 'failing', 'hanging'] as const;

export type Mood = (typeof MOODS)[number];
export type Server = (typeof SERVER_FAULTS)[number]['target'];

type BrokerFault = (typeof BROKER_FAULTS)[number];

/**
 * A fault and its duration. `kill`: SIGKILL, started again at the end. `freeze`: SIGSTOP and SIGCONT. `restart`: SIGTERM and start; brokers one after
 * another. `scale`: one more process, which gets SIGTERM at the end. `crowd`: one more process, which gets SIGKILL at the end. `cut`: dispatchers and
 * one broker cannot connect. `silence`: neither receives what the other sends. The others are moods of a receiver.
 */
type Fault =
  | (typeof SERVICE_FAULTS | typeof SERVER_FAULTS)[number]
  | { readonly fault: 'restart'; readonly target: 'brokers' }
  | { readonly fault: BrokerFault; readonly target: 'broker'; readonly brokers: readonly number[] }
  | { readonly fault: Mood; readonly target: string };
export type Planned = Fault & { readonly atMs: number; readonly forMs: number };

interface Scope {
  readonly seconds: number;
  readonly receivers: readonly string[];
  /** Whether servers may be broken too. */
  readonly servers: boolean;
  /** The brokers' numbers, if there are several and they may be broken; else empty. */
  readonly brokers: readonly number[];
}

/** A broker is missed after 9 s. */
const LONGER = 4;

/**
 * The faults of a seed: those of services and servers one after another, and those of receivers beside them. Every schedule begins with SIGKILL of
 * Kafka (of one broker if there are several, if they may be broken) and of a dispatcher, and with a receiver that hangs, since a run without these
 * proves little. The same seed and scope give the same schedule.
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

/** One fault of each kind for one broker, SIGKILL of two at once so that too few replicas are in sync, and an orderly restart of all. */
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
