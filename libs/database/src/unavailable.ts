import { Fault, isFault } from '@nuncio/contracts';
import { QueryFailedError } from 'typeorm';

/**
 * SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html) and socket errors that mean that PostgreSQL cannot be used now, whatever
 * the statement: 08 connection exception, which poolers use too; 25006 the server is read-only, since another one is the primary by now; 25P03 and
 * 25P04 idle in a transaction, or within it, for too long; 28 login refused; 3D000 no such database; 40001 and 40P01 conflict with another transaction; 53 no connections,
 * memory or disk left; 55000 the database takes no connections; 55P03 waited too long for a lock; 57P shut down, restarting, or told to end this
 * connection; 58 system error. Of the socket: Node.js' codes.
 */
const AWAY = /^(?:08|25006|25P03|25P04|28|3D000|40001|40P01|53|55000|55P03|57P|58|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET)/;
/** pg's own errors have no code. */
const AWAY_MESSAGE = /^(?:Connection terminated|timeout expired|timeout exceeded|Client has encountered a connection error|Client was closed)/i;
const READ_ONLY = '25006';
const CANCELED = '57014';
const LOCK_TAKEN = '55P03';
const DISK_FULL = '53100';
const FORBIDDEN = '42501';

/** Another server is the primary by now, so connections to this one are useless. */
export const isReadOnly = (error: unknown): boolean => said(error).code === READ_ONLY;

/** Somebody else had the lock for longer than one was to wait for it. */
export const isLockTaken = (error: unknown): boolean => said(isFault(error) ? error.cause : error).code === LOCK_TAKEN;

/** The server's disk is full. */
export const isDiskFull = (error: unknown): boolean => said(isFault(error) ? error.cause : error).code === DISK_FULL;

/** The role lacks the right to it. */
export const isForbidden = (error: unknown): boolean => said(error).code === FORBIDDEN;

export const unavailable = (cause: unknown): Fault =>
  new Fault('unavailable', 'The database does not answer; try again in a moment.', { retriable: true, cause });

/** The fault for the caller: PostgreSQL is away (503), or took too long (504). null = neither: the statement itself is wrong. */
export function faultOf(error: unknown): Fault | null {
  const { code, message } = said(error);
  if (code === CANCELED) return new Fault('timeout', 'The database took too long to answer; narrow the time or the filters.', { cause: error });
  const isAway = typeof code === 'string' ? AWAY.test(code) : typeof message === 'string' && AWAY_MESSAGE.test(message);
  return isAway ? unavailable(error) : null;
}

const said = (error: unknown): { code?: unknown; message?: unknown } => (error instanceof QueryFailedError ? error.driverError : error) as object;
