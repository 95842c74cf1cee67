import { Logger } from '@nestjs/common';
import { isOfService } from './commit-metadata.js';
import { keyOf, type Committed, type TopicPartition } from './committed-offsets.js';

const isSetByHand = (found: Committed): boolean => found.offset !== '-1' && !isOfService(found);

/**
 * Says where a group begins at offsets that somebody has set while it had no members, one line for each topic. Returns whether there are any. Only attempt-log, which looks
 * at groups without members, can say what is skipped or handled again.
 */
export function tellOfSetOffsets(groupId: string, partitions: readonly TopicPartition[], committed: ReadonlyMap<string, Committed>): boolean {
  const set = partitions.flatMap((place) => {
    const found = committed.get(keyOf(place));
    return found && isSetByHand(found) ? [{ ...place, offset: found.offset }] : [];
  });
  for (const [topic, places] of Map.groupBy(set, (place) => place.topic)) {
    const where = places.map(({ partition, offset }) => `${partition} at ${offset}`).join(', ');
    new Logger('Kafka').warn(
      `${groupId} begins where somebody has set its offsets by hand in ${topic} (partition ${where}). What was not finished before is skipped, and what was finished behind is handled again (docs/runbooks/offsets-set.md)`,
    );
  }
  return set.length > 0;
}
