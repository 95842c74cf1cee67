import calculateSlot from 'cluster-key-slot';
import { Cluster } from 'ioredis';

/**
 * Groups the keys that one command may touch together: on one server all of them, in a cluster those of one slot. ("CROSSSLOT Keys in request don't hash to the same
 * slot" is a cluster's answer to anything else.)
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
