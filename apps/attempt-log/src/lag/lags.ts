import { attempts, configLog, deadLetters, deliveries, events, operationEvents, pulse, quarantine, signals, tiers, tokenEvents, tokenRequests, type Topic } from '@nuncio/contracts';
import { finishedBelow, topicName } from '@nuncio/kafka';
import { GRAVES_GROUP } from '../graves/graves.controller.js';
import { GROUP } from '../ingest/ingest.controller.js';
import { dueLate, dueRecords, lagRecords } from '../metrics.js';
import { NOTICES_GROUP } from '../notices/configuration-notices.controller.js';
import { Due, type Lag, type Progress } from './due.js';
import type { Admin } from './kafka-watch.js';

interface Watched {
  readonly topic: Topic;
  /** How old a record is when it is due. */
  readonly delayMs: number;
}

const atOnce = (...topics: Topic[]): Watched[] => topics.map((topic) => ({ topic, delayMs: 0 }));

/** What is read, by consumer group. */
const GROUPS = {
  dispatcher: atOnce(events, deliveries),
  delay: tiers.map(({ topic, delayMs }): Watched => ({ topic, delayMs })),
  'token-service': atOnce(tokenRequests),
  'config-service': atOnce(signals, operationEvents, pulse),
  [GROUP]: atOnce(attempts, events, tokenEvents),
  [GRAVES_GROUP]: atOnce(quarantine, deadLetters),
  [NOTICES_GROUP]: atOnce(configLog),
} satisfies Record<string, readonly Watched[]>;
type Group = keyof typeof GROUPS;
/** Those that dispatchers are scaled by. */
const WORK: readonly string[] = ['dispatcher', 'delay'] satisfies Group[];

/** Of one partition, as the API shows it. */
export interface GroupLag {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly lagRecords: number;
  readonly lagSeconds: number;
}

/**
 * How far each consumer group is behind, for the metrics and for the fleet. A group's lag as Kafka has it would not do: it counts what only waits in a delay topic,
 * and all that is finished above one slow record. The log asks Kafka for it, so that it is known while nobody else lives.
 */
export class Lags {
  readonly #due = new Map(Object.entries(GROUPS).map(([group, watched]) => [group, { watched, due: new Due() }]));
  readonly #last = new Map<string, readonly Lag[]>();

  constructor(private readonly now = Date.now) {}

  /** As they were at the last look. */
  get all(): GroupLag[] {
    return [...this.#last].flatMap(([group, lags]) =>
      lags.map(({ topic, partition, records, lateMs }) => ({ group, topic, partition, lagRecords: records, lagSeconds: lateMs / 1_000 })),
    );
  }

  /** Rejects with what went wrong with groups that could not be looked at; the others are known nevertheless. */
  async look(admin: Admin, prefix: string): Promise<void> {
    const ends = new Ends(admin, prefix);
    const faults: unknown[] = [];
    for (const [group, { watched, due }] of this.#due)
      try {
        const at = this.now();
        this.#know(group, due.look(await progressOf(ends, group, watched, at), at));
      } catch (error) {
        this.#last.delete(group);
        faults.push(error);
      }
    if (faults.length) throw new AggregateError(faults, faults.map(String).join('; '));
  }

  #know(group: string, lags: readonly Lag[]): void {
    this.#last.set(group, lags);
    const sum = (some: readonly Lag[]): number => some.reduce((all, { records }) => all + records, 0);
    if (WORK.includes(group)) {
      dueRecords.set({ group }, sum(lags));
      dueLate.set({ group }, Math.max(0, ...lags.map(({ lateMs }) => lateMs)) / 1_000);
    }
    if (group === GROUP) for (const [topic, some] of Map.groupBy(lags, (lag) => lag.topic)) lagRecords.set({ topic }, sum(some));
  }
}

/** Where topics end, asked for once in a look, whoever reads them. */
class Ends {
  readonly #asked = new Map<string, ReturnType<Admin['fetchTopicOffsets']>>();

  constructor(
    readonly admin: Admin,
    readonly prefix: string,
  ) {}

  of(topic: string): ReturnType<Admin['fetchTopicOffsets']> {
    const asked = this.#asked.get(topic) ?? this.admin.fetchTopicOffsets(topic);
    this.#asked.set(topic, asked);
    return asked;
  }
}

/** How far a group has come, and how far it could have. */
async function progressOf(ends: Ends, group: string, watched: readonly Watched[], at: number): Promise<Progress[]> {
  const { admin, prefix } = ends;
  const nameOf = ({ topic }: Watched): string => topicName(prefix, topic);
  const committed = await admin.fetchOffsets({ groupId: `${prefix}.${group}`, topics: watched.map(nameOf) });
  const progress: Progress[] = [];
  for (const one of watched) {
    const name = nameOf(one);
    const partitions = await ends.of(name);
    const due = one.delayMs === 0 ? partitions : await admin.fetchTopicOffsetsByTimestamp(name, at - one.delayMs);
    const dueEnds = new Map(due.map(({ partition, offset }) => [partition, Number(offset)]));
    const offsets = committed.find(({ topic }) => topic === name)?.partitions ?? [];
    for (const { partition, low } of partitions) {
      const of = offsets.find((offset) => offset.partition === partition);
      const dueEnd = dueEnds.get(partition) ?? 0;
      const watermark = Number(of?.offset ?? -1);
      // Nothing committed, or less than Kafka still has: it is read from what there is.
      const isKnown = watermark >= Number(low);
      progress.push({
        topic: one.topic.name,
        partition,
        dueEnd,
        watermark: isKnown ? watermark : Number(low),
        finished: isKnown ? finishedBelow(dueEnd, watermark, of?.metadata ?? '') : 0,
      });
    }
  }
  return progress;
}
