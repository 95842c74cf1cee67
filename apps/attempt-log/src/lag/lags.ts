import { attempts, configLog, deadLetters, deliveries, events, operationEvents, pulse, quarantine, signals, tiers, tokenEvents, tokenRequests, type Topic } from '@nuncio/contracts';
import { finishedBelow, topicName } from '@nuncio/kafka';
import { FAILED_RECORDS_GROUP } from '../failed-records/failed-records.controller.js';
import { GROUP } from '../ingest/ingest.controller.js';
import { dueLate, dueRecords, lagRecords } from '../metrics.js';
import { NOTICES_GROUP } from '../notices/configuration-notices.controller.js';
import { Due, type Lag, type Progress } from './due.js';
import type { Admin } from './kafka-watch.js';

interface Watched {
  readonly topic: Topic;
  /** The age at which a record is due. */
  readonly delayMs: number;
}

const atOnce = (...topics: Topic[]): Watched[] => topics.map((topic) => ({ topic, delayMs: 0 }));

/** The topics that each consumer group reads. */
const GROUPS = {
  dispatcher: atOnce(events, deliveries),
  delay: tiers.map(({ topic, delayMs }): Watched => ({ topic, delayMs })),
  'token-service': atOnce(tokenRequests),
  'config-service': atOnce(signals, operationEvents, pulse),
  [GROUP]: atOnce(attempts, events, tokenEvents),
  [FAILED_RECORDS_GROUP]: atOnce(quarantine, deadLetters),
  [NOTICES_GROUP]: atOnce(configLog),
} satisfies Record<string, readonly Watched[]>;
type Group = keyof typeof GROUPS;
/** The groups by whose lag dispatchers are scaled. */
const WORK: readonly string[] = ['dispatcher', 'delay'] satisfies Group[];

/** The lag of one partition, in the API. */
export interface GroupLag {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly lagRecords: number;
  readonly lagSeconds: number;
}

/**
 * The lag of each consumer group, for metrics and the fleet's page. Kafka's own figure would be wrong: it counts records that only wait in a delay
 * topic, and all finished records above one slow one. The log asks Kafka for offsets, so that the lag is known even if no other service runs.
 */
export class Lags {
  readonly #due = new Map(Object.entries(GROUPS).map(([group, watched]) => [group, { watched, due: new Due() }]));
  readonly #last = new Map<string, readonly Lag[]>();

  constructor(private readonly now = Date.now) {}

  /** As of the last look. */
  get all(): GroupLag[] {
    return [...this.#last].flatMap(([group, lags]) =>
      lags.map(({ topic, partition, records, lateMs }) => ({ group, topic, partition, lagRecords: records, lagSeconds: lateMs / 1_000 })),
    );
  }

  /** Rejects if a group could not be read; the lags of the others are updated nevertheless. */
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

/** The end offsets of topics, fetched once per look, however many groups read them. */
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

/** A group's progress in each partition. */
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
      // Nothing is committed, or Kafka has deleted the records since: the group starts at the first record that there is.
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
