import { Logger } from '@nestjs/common';
import { finishedBeyond, isOfService, type Committed } from '@nuncio/kafka';
import { offsetsSetRecords } from '../metrics.js';

/** By topic and partition. */
type Commits = ReadonlyMap<string, ReadonlyMap<number, Committed>>;

/** The offset of one partition, set by hand. */
interface SetOffset {
  readonly topic: string;
  readonly partition: number;
  readonly from: string;
  readonly to: string;
  /** Records that were not finished, and count as finished now. */
  readonly skipped: number;
  /** Records that were finished, and do not count as finished any more. */
  readonly repeated: number;
}

const NOTHING = '-1';
const logger = new Logger('KafkaWatch');

/**
 * Notices that somebody sets the offsets of a consumer group, which Kafka allows while it has no members. The group itself cannot notice: the new offset has replaced all
 * that it knew. Pure; topics have their full names.
 */
export class OffsetsSet {
  /** By group, as of the last look, if the group had no members then. */
  readonly #before = new Map<string, Commits>();

  look(groupId: string, commits: Commits, hasMembers: boolean): SetOffset[] {
    const before = this.#before.get(groupId);
    if (hasMembers) this.#before.delete(groupId);
    else this.#before.set(groupId, commits);
    return [...commits].flatMap(([topic, partitions]) =>
      [...partitions].flatMap(([partition, now]): SetOffset[] => {
        const was = before?.get(topic)?.get(partition);
        if (!was || was.offset === NOTHING || now.offset === NOTHING) return [];
        // Members that have come since, and may have left again, may have moved it on, but never back.
        if ((hasMembers || isOfService(now)) && Number(now.offset) >= Number(was.offset)) return [];
        const [skipped, repeated] = [finishedBeyond(now, was), finishedBeyond(was, now)];
        return skipped + repeated === 0 ? [] : [{ topic, partition, from: was.offset, to: now.offset, skipped, repeated }];
      }),
    );
  }
}

export function tellOfSetOffsets(groupId: string, set: readonly SetOffset[]): void {
  for (const { topic, partition, from, to, skipped, repeated } of set) {
    const line = `${topic}-${partition}: the offset of ${groupId} was set by hand from ${from} to ${to}: ${skipped} records are skipped, ${repeated} are handled again (docs/runbooks/offsets-set.md)`;
    if (skipped > 0) logger.error(line);
    else logger.warn(line);
    offsetsSetRecords.inc({ group: groupId, topic, effect: 'skipped' }, skipped);
    offsetsSetRecords.inc({ group: groupId, topic, effect: 'repeated' }, repeated);
  }
}
