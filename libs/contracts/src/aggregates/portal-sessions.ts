import { z } from 'zod';
import { Millis, Position } from '../schema.js';

/** Sessions that were ended before their time; null = whichever. */
export const EndedSessions = z.object({
  session: z.string().nullable(),
  subject: z.string().nullable(),
  /** The API key that made them. */
  key: z.string().nullable(),
  /** Sessions made before this position have ended. Clocks of two processes may differ; positions are in one order. */
  position: Position,
  /** By then all of them have run out, and nobody needs to know this any more. */
  until: Millis,
});
export type EndedSessions = z.infer<typeof EndedSessions>;

/** What is kept of a tenant's portal sessions: only which were ended. */
export const PortalSessions = z.object({ tenant: z.string(), ended: z.array(EndedSessions) });
export type PortalSessions = z.infer<typeof PortalSessions>;

/** A session, as its token describes it. */
export interface SessionInForce {
  /** null = of a former release. */
  readonly session: string | null;
  readonly tenant: string;
  readonly subject: string;
  readonly key: string;
  /** The position of the last change of configuration when it was made. */
  readonly position: number;
}

export const hasEnded = (sessions: PortalSessions | undefined, of: SessionInForce): boolean => sessions?.ended.some((ended) => of.position < ended.position && covers(ended, of)) ?? false;

type Which = Pick<EndedSessions, 'session' | 'subject' | 'key'>;

/** Whether `wide` means every session that `narrow` means. */
export const covers = (wide: Which, narrow: Which): boolean => (['session', 'subject', 'key'] as const).every((name) => wide[name] === null || wide[name] === narrow[name]);
