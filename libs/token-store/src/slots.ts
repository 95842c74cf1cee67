import calculateSlot from 'cluster-key-slot';
import { Cluster } from 'ioredis';

/**
 * Groups the keys that one command may use together: all of them on one server, those of one slot in a cluster. Otherwise a cluster answers
 * "CROSSSLOT Keys in request don't hash to the same slot".
 */
export function bySlot<T>(redis: object, items: readonly T[], keyOf: (item: T) => string): readonly T[][] {
  if (!(redis instanceof Cluster)) return items.length ? [[...items]] : [];
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const slot = calculateSlot(keyOf(item));
    const group = groups.get(slot);
    if (group) group.push(item);
    else groups.set(slot, [item]);
  }
  return [...groups.values()];
}
