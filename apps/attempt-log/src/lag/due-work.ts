import { deliveries, events, tiers, type Topic } from '@nuncio/contracts';
import { finishedBelow, topicName } from '@nuncio/kafka';
import { dueLate, dueRecords } from '../metrics.js';
import { Due, type Progress } from './due.js';
import type { Admin } from './kafka-watch.js';

interface Watched {
  readonly topic: Topic;
  /** How old a record is when it is due. */
  readonly delayMs: number;
}

/** What dispatchers read, by consumer group. */
const GROUPS: Readonly<Record<string, readonly Watched[]>> = {
  dispatcher: [events, deliveries].map((topic) => ({ topic, delayMs: 0 })),
  delay: tiers.map(({ topic, delayMs }) => ({ topic, delayMs })),
};

/**
 * The metrics by which dispatchers are scaled. A group's lag would not do: it counts what only waits in a delay topic, and all that is finished above one slow
 * record. The log asks Kafka for it, so that it is known while no dispatcher lives.
 */
export class DueWork {
  readonly #due = new Map(Object.keys(GROUPS).map((group) => [group, new Due()]));

  async look(admin: Admin, prefix: string): Promise<void> {
    for (const [group, due] of this.#due) {
      const now = Date.now();
      const { records, lateMs } = due.look(await progressOf(admin, prefix, group, now), now);
      dueRecords.set({ group }, records);
      dueLate.set({ group }, lateMs / 1_000);
    }
  }
}

/** How far a group has come, and how far it could have. */
export async function progressOf(admin: Admin, prefix: string, group: string, now: number): Promise<Progress[]> {
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
