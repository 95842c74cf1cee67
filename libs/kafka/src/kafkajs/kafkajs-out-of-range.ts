import { channel } from 'node:diagnostics_channel';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import { commonName } from '../connection/kafka-faults.js';
import { offsetOf } from '../consuming/offset-of.js';

const AGAIN_AFTER_MS = 200;

/** Records that Kafka deleted before a consumer group had read them. */
export interface ExpiredRecords {
  /** With the installation's prefix, like `topic`, and without the end of a name that only one process has. */
  readonly group: string;
  readonly topic: string;
  readonly records: number;
}

/** A hook on the assigner, awaited when the consumer goes on at another place, before the next fetch. `first`: the offset of the first record that there is. */
export interface RangeHook {
  onOutOfRange?: (place: Place, first: number) => Promise<unknown>;
}

/** Counters of `ExpiredRecords` subscribe to this channel. */
export const expiredRecords = channel('nuncio:expired-records');

/**
 * The place of a consumer may be one that its partition does not have: Kafka has deleted the records there because of their age, or the topic was made anew. kafkajs then commits an
 * offset that is none, over what the group had finished, and the next owner of the partition would do everything again. Here nothing is committed. The consumer goes on with the first
 * record that there is, and says how many are gone.
 */
export function mendOutOfRange(): void {
  ConsumerGroup.prototype.recoverFromOffsetOutOfRange = async function (this: ConsumerGroup, place) {
    const { offsetManager } = this;
    if (!offsetManager) return;
    const position = Number(offsetManager.nextOffset(place.topic, place.partition));
    const first = await firstOffset(this, place);
    // The group may have been joined again meanwhile, and goes on from what it has committed.
    if (first === null || this.offsetManager !== offsetManager) return;
    for (const assigner of this.assigners) await assigner.onOutOfRange?.(place, first);
    offsetManager.resolveOffset({ topic: place.topic, partition: place.partition, offset: String(first - 1) });
    tell(this.groupId, place, position, first);
  };
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** Null = the leader does not answer now. The next fetch finds the place out of range again. */
async function firstOffset({ cluster }: ConsumerGroup, place: Place): Promise<number | null> {
  try {
    const offset = await offsetOf(cluster, place, { fromBeginning: true });
    return offset === undefined ? null : Number(offset);
  } catch {
    await pause(AGAIN_AFTER_MS);
    return null;
  }
}

function tell(groupId: string, { topic, partition }: Place, position: number, first: number): void {
  const logger = new Logger('Kafka');
  const records = first - position;
  if (records > 0) {
    logger.error(`${topic}-${partition}: Kafka has deleted ${records} records from offset ${position} on, which ${groupId} had not read. They are lost (docs/runbooks/records-expired.md)`);
    expiredRecords.publish({ group: commonName(groupId), topic, records } satisfies ExpiredRecords);
  } else logger.warn(`${topic}-${partition} ends before offset ${position}, where ${groupId} was: it is read from its first record on`);
}
