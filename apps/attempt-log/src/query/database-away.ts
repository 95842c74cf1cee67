import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';
import { QueryFailedError } from 'typeorm';
import { catchError, throwError, type Observable } from 'rxjs';

/** A question that PostgreSQL cannot answer because it is away is a 503, one that it took too long for a 504: neither is an error of ours. */
@Injectable()
export class DatabaseAway implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => throwError(() => faultOf(error))));
  }
}

function faultOf(cause: unknown): unknown {
  if (isAway(cause)) return new Fault('unavailable', 'The log does not answer now; try again in a moment.', { retriable: true, cause });
  // SQLSTATE query_canceled
  if (sqlStateOf(cause).code === '57014') return new Fault('timeout', 'The log took too long to answer; narrow the time or the filters.', { cause });
  return cause;
}

/** SQLSTATE classes 08 (connection exception), 57P (shut down, starting up) and 55000 (the database takes no connections now); of the socket, and of pg itself, which gives no code. */
export function isAway(error: unknown): boolean {
  const { code, message } = sqlStateOf(error);
  if (typeof code === 'string') return /^(08|57P|55000|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code);
  return typeof message === 'string' && /^(Connection terminated|timeout expired|timeout exceeded)/i.test(message);
}

const sqlStateOf = (error: unknown): { code?: unknown; message?: unknown } => (error instanceof QueryFailedError ? error.driverError : error) as object;
