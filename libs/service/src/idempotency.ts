import { applyDecorators, Inject, Injectable, Optional, Post, SetMetadata, UseInterceptors, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { callerOf, Fault, fromPointer, isFault, type Principal } from '@nuncio/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, from, mergeMap, of, type Observable } from 'rxjs';

/** Whose key it is, for which route: the same key elsewhere is another one. */
export interface IdempotencyScope {
  /** Tenant and id: one person may have tokens of two tenants. */
  readonly caller: string;
  readonly route: string;
  readonly key: string;
}

/** What is known of an earlier request of the same scope. */
export interface EarlierRequest {
  readonly sameBody: boolean;
  /** null = it has not been answered so far. */
  readonly answer: object | null;
}

/** Where requests with an `Idempotency-Key` are kept, for 24 hours. An app with creating POSTs provides one under `IDEMPOTENCY`. */
export interface IdempotencyStore {
  /** null = this is the first one, and it is kept from now on. */
  begin(scope: IdempotencyScope, body: string): Promise<EarlierRequest | null>;
  answered(scope: IdempotencyScope, answer: object): Promise<void>;
  /** Nothing came of it. */
  forget(scope: IdempotencyScope): Promise<void>;
}
export const IDEMPOTENCY = Symbol('IdempotencyStore');

export const SHOWN_ONCE = 'shownOnce';
const KEY = /^[\x21-\x7e]{1,255}$/;

type Called = FastifyRequest & { principal?: Principal };

/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the first request is carried out, a repeated one gets the same answer without it being
 * carried out again. One that was refused may be sent again under its key. Of one whose end is not known (its process died) nothing is repeated: that is
 * 409 as well, for its caller to look what came of it.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    @Optional() @Inject(IDEMPOTENCY) private readonly store?: IdempotencyStore,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler<object>): Promise<Observable<object>> {
    const http = context.switchToHttp();
    const request = http.getRequest<Called>();
    const key = request.headers['idempotency-key'];
    const { store } = this;
    if (key === undefined || !store || !request.principal) return next.handle();
    if (typeof key !== 'string' || !KEY.test(key)) throw new Fault('invalid', 'Idempotency-Key must be 1 to 255 printable ASCII characters without spaces.');

    const scope = { caller: callerOf(request.principal), route: `POST ${request.routeOptions.url ?? ''}`, key };
    const earlier = await store.begin(scope, asked(request));
    if (earlier) {
      const answer = replay(earlier);
      void http.getResponse<FastifyReply>().header('idempotency-replayed', 'true');
      return of(answer);
    }
    const shownOnce = this.reflector.get<readonly string[] | undefined>(SHOWN_ONCE, context.getHandler()) ?? [];
    return next.handle().pipe(
      mergeMap((answer) => from(store.answered(scope, without(answer, shownOnce)).then(() => answer))),
      catchError(async (error: unknown) => {
        if (isFault(error)) await store.forget(scope);
        throw error;
      }),
    );
  }
}

/** What counts as the same request: its body, and what its path names. */
function asked({ body, params }: Called): string {
  const named = Object.values((params as Record<string, string> | undefined) ?? {});
  return JSON.stringify(named.length ? [named, body ?? {}] : (body ?? {}));
}

function replay({ sameBody, answer }: EarlierRequest): object {
  if (!sameBody) throw new Fault('invalid', 'This Idempotency-Key was used with another body, or for something else.');
  if (!answer) throw new Fault('conflict', 'The first request with this Idempotency-Key has not been answered so far.', { retriable: true, retryAfterSeconds: 1 });
  return answer;
}

/** The answer as it may be kept. */
function without(answer: object, pointers: readonly string[]): object {
  const kept = structuredClone(answer);
  for (const pointer of pointers) {
    const path = fromPointer(pointer);
    const last = path.pop() ?? '';
    let holder: unknown = kept;
    for (const name of path) holder = (holder as Record<string, unknown> | undefined)?.[name];
    if (typeof holder === 'object' && holder !== null) Reflect.deleteProperty(holder, last);
  }
  return kept;
}

/** A POST that creates: 201, and `Idempotency-Key` counts. `shownOnce` are JSON pointers to the secrets in its answer, which a replay leaves out. */
export const Creates = ({ shownOnce = [] }: { shownOnce?: readonly string[] } = {}): MethodDecorator =>
  applyDecorators(Post(), SetMetadata(SHOWN_ONCE, shownOnce), UseInterceptors(IdempotencyInterceptor));

/** A POST that does something to what is there already: `Idempotency-Key` counts. */
export const Idempotent = (): MethodDecorator => applyDecorators(SetMetadata(SHOWN_ONCE, []), UseInterceptors(IdempotencyInterceptor));
