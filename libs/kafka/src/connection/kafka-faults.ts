import { channel } from 'node:diagnostics_channel';
import { Logger } from '@nestjs/common';
import { brokerError } from './broker-error.js';

/** A broker that has just started may not know every topic yet. */
const MISSING_FOR_MS = 5_000;
/** The end of the name of a group that belongs to one process. */
const OF_ONE_PROCESS = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The name of a group without the end that only one process has: metrics have no label for each process. */
export const commonName = (group: string): string => group.replace(OF_ONE_PROCESS, '');

const CANNOT = {
  read: (topic: string) => `${topic} cannot be read`,
  write: (topic: string) => `${topic} cannot be written`,
  join: (group: string) => `the group ${group} cannot be joined`,
} as const;
const CAN = {
  read: (topic: string) => `${topic} can be read again`,
  write: (topic: string) => `${topic} can be written again`,
  join: (group: string) => `the group ${group} is joined again`,
} as const;
const REASONS = {
  missing: 'it does not exist. Run npm run migrate',
  denied: 'this user lacks the right. Run node libs/kafka/dist/apply-access.js',
  session: 'the cluster does not allow its session of 10 s. Set group.min.session.timeout.ms of the brokers to 10000 at most, and group.max.session.timeout.ms to 10000 at least',
  foreign: 'it has members that are not of Nuncio. Stop what else reads with this group',
  full: 'it has as many members as the cluster allows. Raise group.max.size of the brokers, or run fewer processes',
} as const;
/** What a broker answers to a member that it will not have until somebody changes something: another process would get the same answer. */
const JOIN_REFUSALS: Readonly<Record<string, Reason>> = { INVALID_SESSION_TIMEOUT: 'session', INCONSISTENT_GROUP_PROTOCOL: 'foreign', GROUP_MAX_SIZE_REACHED: 'full' };

const GONE = 'The topic does not exist. Run npm run migrate';
const LACKING = `${REASONS.denied[0]?.toUpperCase() ?? ''}${REASONS.denied.slice(1)}`;

type Kind = keyof typeof CANNOT;
type Reason = keyof typeof REASONS;

/** Published when something of Kafka can no longer be used by this process, and when it can again. */
export interface KafkaFault {
  readonly kind: Kind;
  /** Of a topic or a group, with the installation's prefix. */
  readonly name: string;
  readonly isStanding: boolean;
}

/** Gauges of `KafkaFault`s subscribe to this channel. */
export const kafkaFaultChanges = channel('nuncio:kafka-faults');

/** Those that have a fault at the moment. */
const impaired = new Set<KafkaFaults>();

/** What this process cannot use of Kafka at the moment, why, and what to do: one sentence each. */
export const kafkaFaults = (): string[] => [...new Set([...impaired].flatMap((one) => one.sentences))];

/** Whether any consumer or producer of this process has this fault at the moment. */
export const isStanding = (kind: Kind, name: string): boolean => [...impaired].some((one) => one.has(kind, name));

/** Whether a broker refuses a right. It refuses it until somebody gives it; no restart helps. */
export const isDenied = (error: unknown): error is Error => brokerError(error)?.endsWith('_AUTHORIZATION_FAILED') ?? false;

/** Why a broker refuses a member until somebody changes something; null = it is another error. */
export const joinRefusalOf = (error: unknown): Reason | null => (isDenied(error) ? 'denied' : (JOIN_REFUSALS[brokerError(error) ?? ''] ?? null));

/** The error's text, and what to do if a topic or a right is missing. */
export const describeFault = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  if (brokerError(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return `${text}. ${GONE}`;
  return isDenied(error) ? `${text}. ${LACKING}` : text;
};

const ofOwners = new WeakMap<object, KafkaFaults>();

/** The faults of one consumer, by its cluster. */
export function faultsOf(owner: object): KafkaFaults {
  const known = ofOwners.get(owner);
  if (known) return known;
  const faults = new KafkaFaults();
  ofOwners.set(owner, faults);
  return faults;
}

/**
 * What one consumer or producer cannot use of Kafka: topics that do not exist, rights that its user lacks, and groups that do not take it. Its owner tries again, and reports here. Each fault is logged
 * once, and once more when it is over.
 */
export class KafkaFaults {
  readonly #logger = new Logger('Kafka');
  readonly #standing = new Map<string, string>();
  /** By the monotonic clock. */
  readonly #missingSince = new Map<string, number>();

  get sentences(): string[] {
    return [...this.#standing.values()];
  }

  has(kind: Kind, name: string): boolean {
    return this.#standing.has(keyOf(kind, name));
  }

  hasAny(kind: Kind): boolean {
    return [...this.#standing.keys()].some((key) => key.startsWith(keyOf(kind, '')));
  }

  /** Returns whether it is a fault: what is missing is one after five seconds. */
  meet(kind: Kind, name: string, reason: Reason): boolean {
    const key = keyOf(kind, name);
    const wasStanding = this.#standing.has(key);
    if (reason === 'missing' && !wasStanding) {
      const since = this.#missingSince.get(key) ?? performance.now();
      this.#missingSince.set(key, since);
      if (performance.now() - since < MISSING_FOR_MS) return false;
    }
    const sentence = `${CANNOT[kind](name)}: ${REASONS[reason]}`;
    this.#standing.set(key, sentence);
    impaired.add(this);
    if (wasStanding) return true;
    this.#logger.error(`${sentence}. It is tried again until it succeeds`);
    tell(kind, name);
    return true;
  }

  /** As `meet`, with a broker's error. False: it is about something else, or not a fault yet. */
  meetError(kind: Kind, name: string, error: unknown): boolean {
    if (isDenied(error)) return this.meet(kind, name, 'denied');
    return brokerError(error) === 'UNKNOWN_TOPIC_OR_PARTITION' && this.meet(kind, name, 'missing');
  }

  end(kind: Kind, name: string): void {
    const key = keyOf(kind, name);
    this.#missingSince.delete(key);
    if (!this.#standing.delete(key)) return;
    if (this.#standing.size === 0) impaired.delete(this);
    this.#logger.log(CAN[kind](name));
    tell(kind, name);
  }

  /** Its owner is closed. */
  clear(): void {
    const keys = [...this.#standing.keys()];
    this.#standing.clear();
    this.#missingSince.clear();
    impaired.delete(this);
    for (const key of keys) {
      const [kind = '', name = ''] = key.split(' ');
      tell(kind as Kind, name);
    }
  }
}

const keyOf = (kind: Kind, name: string): string => `${kind} ${name}`;

function tell(kind: Kind, name: string): void {
  kafkaFaultChanges.publish({ kind, name: commonName(name), isStanding: isStanding(kind, name) } satisfies KafkaFault);
}
