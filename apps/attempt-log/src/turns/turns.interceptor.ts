import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Turns } from './turns.js';

/** Makes requests to the log take turns. A stream holds its place until it begins; it needs little afterwards. */
@Injectable()
export class TurnsInterceptor implements NestInterceptor {
  readonly #turns = new Turns();

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const { principal } = context.getType() === 'http' ? context.switchToHttp().getRequest<{ principal?: Principal }>() : {};
    if (!principal) return next.handle();
    return from(this.#turns.during(principal.tenant, () => lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}
