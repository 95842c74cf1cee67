import type { InboundRecord } from '@nuncio/kafka';
import { metrics } from '../metrics.js';
import { firstPlaceOf, type Duplicates } from './duplicates.js';
import type { Work } from './errands.js';
import { sightingOf } from './sighting.js';

/**
 * The same records without the deliveries that other records carry on, each at the hop at which it stands now (`hopOf`). It looks at each delivery by itself, since two
 * records may share some of their deliveries. `now`: milliseconds since the epoch.
 */
export async function withoutRepetitions<R extends { readonly record: InboundRecord; readonly work: Work }>(
  read: readonly R[],
  duplicates: Duplicates,
  now: number,
): Promise<R[]> {
  const sightings = read.flatMap(({ record, work: { errand, pending } }) => {
    const place = firstPlaceOf(record);
    return pending.map((part) => sightingOf(errand, errand.subscriptions[part] ?? '', place, now));
  });
  const hops = await duplicates.among(sightings);
  if (!hops) metrics.unchecked.inc(sightings.length);
  if (!hops?.some((hop, n) => hop !== sightings[n]?.hop)) return [...read];
  let at = 0;
  return read.map((one) => {
    let { hop } = one.work.errand;
    const pending = one.work.pending.filter((part) => {
      const stands = hops[at++] ?? null;
      if (stands === null) one.work.finish(part);
      else hop = Math.max(hop, stands);
      return stands !== null;
    });
    metrics.duplicates.inc({ of: 'errand' }, one.work.pending.length - pending.length);
    return { ...one, work: { ...one.work, errand: { ...one.work.errand, hop }, pending } };
  });
}
