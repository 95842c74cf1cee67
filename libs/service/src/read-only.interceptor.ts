import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { invalidFields, isFault, type FaultDetail } from '@nuncio/contracts';
import { catchError, throwError, type Observable } from 'rxjs';
import { ANSWER, type Answer } from './answers.js';
import { namesOf } from './valid.js';

/** Gives unknown fields of a body that are fields of the answer the code `read-only`: a client that sends an answer back learns which fields to leave out. */
@Injectable()
export class ReadOnlyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        const answer = Reflect.getMetadata(ANSWER, context.getHandler()) as Answer | undefined;
        const isOfBody = context.getType() === 'http' && context.switchToHttp().getRequest<{ body?: unknown }>().body !== undefined;
        return throwError(() => (answer && isOfBody && isFault(error, 'invalid') && error.errors.some(isUnknown) ? invalidFields(error.errors.map(told(namesOf(answer.schema).top))) : error));
      }),
    );
  }
}

const isUnknown = ({ code }: FaultDetail): boolean => code === 'unknown-field';

const told =
  (shown: readonly string[]) =>
  (fault: FaultDetail): FaultDetail =>
    isUnknown(fault) && shown.includes(fault.pointer.slice(1)) ? { ...fault, code: 'read-only', detail: 'is shown in answers, and cannot be set here: leave it out' } : fault;
