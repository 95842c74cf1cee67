import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { invalidFields, isFault, type FaultDetail } from '@nuncio/contracts';
import { catchError, throwError, type Observable } from 'rxjs';
import { ANSWER, type Answer } from './answers.js';
import { namesOf } from './valid.js';

/** Somebody who sends back what an answer showed learns which of its fields no body takes: they are known, and set by Nuncio, or once. */
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
