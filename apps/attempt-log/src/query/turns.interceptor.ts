import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { oneConnection } from '@nuncio/database';
import { Turns } from '@nuncio/service';
import { from, lastValueFrom, type Observable } from 'rxjs';

/** Makes requests to the log take turns. Each has one connection to the database at a time. A stream holds its place until it begins; it needs little afterwards. */
@Injectable()
export class TurnsInterceptor implements NestInterceptor {
  constructor(private readonly turns: Turns) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const { principal } = context.getType() === 'http' ? context.switchToHttp().getRequest<{ principal?: Principal }>() : {};
    if (!principal) return next.handle();
    return from(this.turns.during(principal.tenant, () => oneConnection(() => lastValueFrom(next.handle(), { defaultValue: undefined }))));
  }
}
