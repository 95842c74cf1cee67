import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { deliveries, events, tiers, type Topic } from '@nuncio/contracts';
import { createKafka, finishedBelow, topicName } from '@nuncio/kafka';
import { dueLate, dueRecords } from '../metrics.js';
import { Due, type Progress } from './due.js';
import { LAG_SETTINGS, type LagSettings } from './lag.js';

const EVERY_MS = 10_000;

interface Watched {
  readonly topic: Topic;
  /** How old a record is when it is due. */
  readonly delayMs: number;
}

type Admin = ReturnType<ReturnType<typeof createKafka>['admin']>;

/** What dispatchers read, by consumer group. */
const GROUPS: Readonly<Record<string, readonly Watched[]>> = {
  dispatcher: [events, deliveries].map((topic) => ({ topic, delayMs: 0 })),
  delay: tiers.map(({ topic, delayMs }) => ({ topic, delayMs })),
};

/**
 * Keeps the metrics up to date by which dispatchers are scaled. A group's lag would not do: it counts what only waits in a delay topic, and all that is finished
 * above one slow record. The log asks Kafka for it, so that it is known while no dispatcher lives.
 */
@Injectable()
export class DueWork implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #admin;
  readonly #logger = new Logger('DueWork');
  readonly #due = new Map(Object.keys(GROUPS).map((group) => [group, new Due()]));
  #timer: NodeJS.Timeout | undefined;

  constructor(@Inject(LAG_SETTINGS) private readonly settings: LagSettings) {
    this.#admin = createKafka(settings.kafka).admin();
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#admin.connect();
    void this.#look();
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#admin.disconnect();
  }

  async #look(): Promise<void> {
    try {
      for (const [group, due] of this.#due) {
        const now = Date.now();
        const { records, lateMs } = due.look(await progressOf(this.#admin, this.settings.kafka.topicPrefix, group, now), now);
        dueRecords.set({ group }, records);
        dueLate.set({ group }, lateMs / 1_000);
      }
    } catch (error) {
      this.#logger.warn(`what is due is not known at the moment: ${String(error)}`);
    }
  }
}

/** How far a group has come, and how far it could have. */
export async function progressOf(admin: Pick<Admin, 'fetchOffsets' | 'fetchTopicOffsets' | 'fetchTopicOffsetsByTimestamp'>, prefix: string, group: string, now: number): Promise<Progress[]> {
  const watched = (GROUPS[group] ?? []).map(({ topic, delayMs }) => ({ topic: topicName(prefix, topic), delayMs }));
  const committed = await admin.fetchOffsets({ groupId: `${prefix}.${group}`, topics: watched.map(({ topic }) => topic) });
  const progress: Progress[] = [];
  for (const { topic, delayMs } of watched) {
    const ends = await admin.fetchTopicOffsets(topic);
    const due = delayMs === 0 ? ends : await admin.fetchTopicOffsetsByTimestamp(topic, now - delayMs);
    const dueEnds = new Map(due.map(({ partition, offset }) => [partition, Number(offset)]));
    const offsets = committed.find((one) => one.topic === topic)?.partitions ?? [];
    for (const { partition, low } of ends) {
      const of = offsets.find((one) => one.partition === partition);
      const dueEnd = dueEnds.get(partition) ?? 0;
      const watermark = Number(of?.offset ?? -1);
      // Nothing committed, or less than Kafka still has: it is read from what there is.
      const isKnown = watermark >= Number(low);
      progress.push({
        key: `${topic} ${partition}`,
        dueEnd,
        watermark: isKnown ? watermark : Number(low),
        finished: isKnown ? finishedBelow(dueEnd, watermark, of?.metadata ?? '') : 0,
      });
    }
  }
  return progress;
}
