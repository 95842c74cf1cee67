import { deliveryId, type Errand } from '@nuncio/contracts';
import { nextTier } from '@nuncio/retry';

/** A request by hand (resend, recover, replay) may be repeated until the log shows that it ran. The log is never an hour behind. */
const ASKED_FOR_SECONDS = 3_600;
/** A second copy that a crash wrote comes as soon as the crash is noticed, in less than ten minutes. */
const WRITTEN_TWICE_SECONDS = 600;
/** An errand in a tier may come late by so much. */
const LATE_SECONDS = 86_400;

/** One coming of something that may come again. */
export interface Sighting {
  /** An event, or a step: the attempt of a number of one delivery. */
  readonly key: string;
  /** How many records have carried it before this one (`Errand.hop`); an event is carried by one. */
  readonly hop: number;
  /** Where its record lies. */
  readonly place: string;
  /** For how long it is remembered. */
  readonly seconds: number;
  /** It goes on to wait in a tier; else it runs. */
  readonly waits?: boolean;
  /** The hop of the record that it stands in for (`Errand.insteadOf`). */
  readonly insteadOf?: number | null;
}

/**
 * Whether an earlier sighting makes this one a repetition. The record with the highest hop carries the step on. A lower hop is the record that it came from, read late or
 * written twice; of two with the same hop, the first one counts. The same record, read again at the same place after a crash, is no repetition.
 * A delivery that is sent again after it ended without an attempt has a higher hop (`Errand.hop`). So has a record that stands in for a waiting one; it comes too late
 * once the waiting one, or its continuation, runs.
 */
export function isRepetition(seen: Omit<Sighting, 'key'> | null, now: Omit<Sighting, 'key'>): boolean {
  if (seen === null || (now.hop === seen.hop && now.place === seen.place)) return false;
  return now.hop <= seen.hop || (typeof now.insteadOf === 'number' && !seen.waits && seen.hop >= now.insteadOf);
}

/** Its form in Redis: `place`, or `place hop`, with ` w` behind it if it waits. An event has its place alone. */
export const valueOf = ({ hop, place, waits }: Pick<Sighting, 'hop' | 'place' | 'waits'>): string => `${place}${hop === 0 ? '' : ` ${hop}`}${waits ? ' w' : ''}`;

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
