import { coversSessions, type EndedSessions, type PortalSessions } from '@nuncio/contracts';
import type { Aggregate, RecordedChange } from '../event-store/index.js';

/** How long a session can be. */
export const LONGEST_SECONDS = 3_600;
/** The most entries of a tenant, each of some 200 bytes. */
const MOST_ENDED = 500;
const ENDED = 'ended';

type Which = Pick<EndedSessions, 'session' | 'subject' | 'key'>;

/** Ends the sessions that there are now. */
export const ended = (which: Which) => ({ type: ENDED, data: { ...which } });

/** Of the sessions themselves nothing is kept, only which of a tenant's were ended, until they would have run out. Its id is the tenant's. */
export const portalSessions: Aggregate<PortalSessions> = {
  kind: 'portal-sessions',
  evolve: (state, change) => {
    if (change.type === 'deleted') return null;
    return change.type === ENDED && state ? { ...state, ended: withMore(state.ended, change) } : (change.data as PortalSessions);
  },
  index: ({ tenant }) => ({ tenant }),
};

function withMore(before: readonly EndedSessions[], { data, position, at }: RecordedChange): EndedSessions[] {
  const entry = { ...(data as unknown as Which), position, until: at + LONGEST_SECONDS * 1_000 };
  const others = before.filter((one) => one.until > at && !coversSessions(entry, one));
  if (others.length < MOST_ENDED) return [...others, entry];
  // Ending too much is safe: whoever may still look gets a new session.
  const all = { ...entry, session: null, subject: null };
  return [...others.filter((one) => !coversSessions(all, one)), all];
}
