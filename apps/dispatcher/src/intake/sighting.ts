import { deliveryId, type Errand } from '@nuncio/contracts';
import { nextTier } from '@nuncio/retry';

/** A requested delivery (resend, recover, replay) may be repeated until the log shows that it ran; the log is never an hour behind. */
const ASKED_FOR_SECONDS = 3_600;
/** A second copy that was written because of a crash is later by the time in which the crash was noticed: less than ten minutes. */
const WRITTEN_TWICE_SECONDS = 600;
/** An errand in a tier may be late by so much. */
const LATE_SECONDS = 86_400;

/** One coming of something that may come again. */
export interface Sighting {
  /** Identifies an event, or a step, which is one numbered attempt of a delivery. */
  readonly key: string;
  /** How many records have carried it before this one (`Errand.hop`); null = it is an event, which no other record carries on. */
  readonly hop: number | null;
  /** The topic, partition and offset of its record. */
  readonly place: string;
  /** How long it is remembered, in seconds. */
  readonly seconds: number;
  /** True = it goes on to wait in a tier; else it is carried out. */
  readonly waits?: boolean;
  /** The hop of the record that it replaces (`Errand.insteadOf`). */
  readonly insteadOf?: number | null;
}

/**
 * The hop at which a record stands from now on; null = it is a repetition of what was seen earlier. The record with the highest hop carries the step on. A lower hop is the
 * record that it came from, read late or written twice; of two with the same hop, the first one counts. A delivery that is sent again after it ended without an attempt has
 * a higher hop (`Errand.hop`). So has a record that stands in for a waiting one; it comes too late once the waiting one, or its continuation, runs.
 *
 * A record that is read again at the same place, after a crash, is no repetition. Its former owner may have written its continuation: a hold, or the next tier. So it now
 * stands as high as that continuation, and the first of the two that is read counts. Each further time it stands one higher.
 */
export function hopOf(seen: Omit<Sighting, 'key'> | null, now: Omit<Sighting, 'key'>): number | null {
  const hop = now.hop ?? 0;
  if (seen === null) return hop;
  const seenHop = seen.hop ?? 0;
  if (now.place === seen.place) return Math.max(hop, seenHop + 1);
  const isTooLate = typeof now.insteadOf === 'number' && !seen.waits && seenHop >= now.insteadOf;
  return hop <= seenHop || isTooLate ? null : hop;
}

/** Its value in Redis: `place hop`, `… w` if it waits. That of an event is its place. */
export const valueOf = ({ hop, place, waits }: Pick<Sighting, 'hop' | 'place' | 'waits'>): string => `${place}${hop === null ? '' : ` ${hop}`}${waits ? ' w' : ''}`;

/**
 * The step of one of an errand's deliveries. It is remembered for the wait that follows, and for as long as a repetition may be late. If it stands in for another record,
 * it is remembered until that has come.
 */
export function sightingOf(errand: Errand, subscription: string, place: string, now: number): Sighting {
  const { event, number, hop, reason, notBefore, insteadOf } = errand;
  const waitMs = nextTier(notBefore - now, false)?.delayMs ?? 0;
  const isAskedFor = reason !== 'first' && reason !== 'retry' && errand.heldSince === null;
  const own = Math.ceil(waitMs / 1_000) + (isAskedFor ? ASKED_FOR_SECONDS : WRITTEN_TWICE_SECONDS);
  const others = insteadOf ? Math.ceil((insteadOf.notBefore - now) / 1_000) + LATE_SECONDS : 0;
  return {
    key: `${deliveryId(event, subscription)}:${number}`,
    hop,
    place,
    seconds: Math.max(own, others),
    waits: waitMs > 0,
    insteadOf: insteadOf?.hop ?? null,
  };
}
