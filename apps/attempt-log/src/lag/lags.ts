import { attempts, configLog, deadLetters, deliveries, events, operationEvents, pulse, quarantine, signals, tiers, tokenEvents, tokenRequests, type Topic } from '@nuncio/contracts';
import { BEGINNING, END, finishedBelow, offsetsIn, topicName, type Committed, type Offsets, type OffsetsOf } from '@nuncio/kafka';
import { FAILED_RECORDS_GROUP } from '../failed-records/failed-records.controller.js';
import { GROUP } from '../ingest/ingest.controller.js';
import { dueLate, dueRecords, lagRecords, lagsKnownAt } from '../metrics.js';
import { NOTICES_GROUP } from '../notices/configuration-notices.controller.js';
import { Due, type Lag, type Progress } from './due.js';
import { OffsetsSet, tellOfSetOffsets } from './offsets-set.js';

type LagOffsets = Pick<Offsets, 'know' | 'at' | 'committed' | 'hasMembers'>;

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
  readonly #set = new OffsetsSet();

  constructor(private readonly now = Date.now) {}

  /** As of the last look. */
  get all(): GroupLag[] {
    return [...this.#last].flatMap(([group, lags]) =>
      lags.map(({ topic, partition, records, lateMs }) => ({ group, topic, partition, lagRecords: records, lagSeconds: lateMs / 1_000 })),
    );
  }

  /** Rejects if a group could not be read; the lags of the others are updated nevertheless. */
  async look(offsets: LagOffsets, prefix: string): Promise<void> {
    const ends = await endsOf(offsets, prefix, this.now());
    const faults: unknown[] = [];
    for (const [group, { watched, due }] of this.#due)
      try {
        const at = this.now();
        const groupId = `${prefix}.${group}`;
        const hadMembers = await offsets.hasMembers(groupId);
        const committed = await offsets.committed(groupId, watched.map(({ topic }) => topicName(prefix, topic)));
        tellOfSetOffsets(groupId, this.#set.look(groupId, committed, hadMembers || (await offsets.hasMembers(groupId))));
        this.#know(group, due.look(progressOf(committed, prefix, ends, watched), at));
      } catch (error) {
        this.#last.delete(group);
        faults.push(error);
      }
    if (faults.length) throw new AggregateError(faults, faults.map(String).join('; '));
    lagsKnownAt.set(this.now() / 1_000);
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

/** The offsets of all watched topics, asked for once per look, however many groups read them. */
interface Ends {
  readonly ends: ReadonlyMap<string, OffsetsOf>;
  readonly beginnings: ReadonlyMap<string, OffsetsOf>;
  /** The first record that is not due yet; -1 = all are due. Delay topics only. */
  readonly due: ReadonlyMap<string, OffsetsOf>;
}

const WATCHED: readonly Watched[] = Object.values(GROUPS).flat();

async function endsOf(offsets: LagOffsets, prefix: string, at: number): Promise<Ends> {
  const names = WATCHED.map(({ topic }) => topicName(prefix, topic));
  await offsets.know([...new Set(names)]);
  const all = (timestamp: number): Map<string, number> => new Map(names.map((name) => [name, timestamp]));
  const delayed = new Map(WATCHED.filter(({ delayMs }) => delayMs > 0).map(({ topic, delayMs }) => [topicName(prefix, topic), at - delayMs]));
  const [ends, beginnings, due] = await Promise.all([offsets.at(all(END)), offsets.at(all(BEGINNING)), offsets.at(delayed)]);
  return { ends, beginnings, due };
}

/** A group's progress in each partition. */
function progressOf(committed: ReadonlyMap<string, ReadonlyMap<number, Committed>>, prefix: string, { ends, beginnings, due }: Ends, watched: readonly Watched[]): Progress[] {
  return watched.flatMap((one) => {
    const name = topicName(prefix, one.topic);
    const [first, firstNotDue] = [offsetsIn(beginnings, name), one.delayMs === 0 ? undefined : offsetsIn(due, name)];
    return [...offsetsIn(ends, name)].map(([partition, end]): Progress => {
      const of = committed.get(name)?.get(partition);
      const low = first.get(partition) ?? 0;
      const notDue = firstNotDue?.get(partition) ?? -1;
      const dueEnd = notDue >= 0 ? notDue : end;
      const watermark = Number(of?.offset ?? -1);
      // Nothing is committed, or Kafka has deleted the records since: the group starts at the first record that there is.
      const isKnown = watermark >= low;
      return { topic: one.topic.name, partition, dueEnd, watermark: isKnown ? watermark : low, finished: isKnown ? finishedBelow(dueEnd, watermark, of?.metadata ?? '') : 0 };
    });
  });
}
