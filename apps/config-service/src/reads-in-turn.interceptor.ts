import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { Turns } from '@nuncio/service';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';

/** Makes reads take turns between tenants. Other requests take no turn: changes have their own limit, and some wait for a server elsewhere. */
@Injectable()
export class ReadsInTurnInterceptor implements NestInterceptor {
  readonly #turns = new Turns();

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const { principal, method } = context.getType() === 'http' ? context.switchToHttp().getRequest<FastifyRequest & { principal?: Principal }>() : {};
    if (!principal || (method !== 'GET' && method !== 'HEAD')) return next.handle();
    return from(this.#turns.during(principal.tenant, () => lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}
