import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Turns } from './turns.js';

/** Every request to the log has its turn. A stream has it until it begins: what follows is little at a time. */
@Injectable()
export class TurnsInterceptor implements NestInterceptor {
  readonly #turns = new Turns();

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const { principal } = context.getType() === 'http' ? context.switchToHttp().getRequest<{ principal?: Principal }>() : {};
    if (!principal) return next.handle();
    return from(this.#turns.during(principal.tenant, () => lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}
