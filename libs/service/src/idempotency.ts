import { AsyncLocalStorage } from 'node:async_hooks';
import { applyDecorators, Injectable, Logger, Post, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ModuleRef, Reflector } from '@nestjs/core';
import { callerOf, Fault, fromPointer, type Principal } from '@nuncio/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, of, type Observable } from 'rxjs';
import type { Queries } from './idempotent-requests.js';

/** Whose key it is, for which route: the same key elsewhere is another one. */
export interface IdempotencyScope {
  /** Tenant and id: one person may have tokens of two tenants. */
  readonly caller: string;
  readonly route: string;
  readonly key: string;
}

/** A request's answer, as far as it may be kept. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: object;
  /** Secrets that a repeat shows once more, by JSON pointer, and until when. */
  readonly again: { readonly secrets: Readonly<Record<string, unknown>>; readonly until: Date } | null;
}

/** The state of an earlier request of the same scope. */
export interface EarlierRequest {
  readonly sameBody: boolean;
  /** Without an answer: whether it has changed something. */
  readonly done: boolean;
  /** null = it has not been answered so far. */
  readonly answer: Omit<KeptAnswer, 'again'> | null;
}

/** Keeps requests with an `Idempotency-Key` for 24 hours. An app whose POSTs change something provides one under `IDEMPOTENCY`. */
export interface IdempotencyStore {
  /** null = this is the first one, and it is kept from now on. */
  begin(scope: IdempotencyScope, body: string): Promise<EarlierRequest | null>;
  /** It is about to change something, in the transaction of `queries`: from its commit on it is not carried out again. */
  done(scope: IdempotencyScope, queries: Queries): Promise<void>;
  answered(scope: IdempotencyScope, answer: KeptAnswer): Promise<void>;
  /** Nothing came of it, unless it is `done`: then it stays. */
  forget(scope: IdempotencyScope): Promise<void>;
}
export const IDEMPOTENCY = Symbol('IdempotencyStore');

/** For a transaction that changes something, before it is committed: a request with a key, in which it is, is not carried out again. */
export const somethingIsDone = (queries: Queries): Promise<void> => running.getStore()?.(queries) ?? Promise.resolve();
const running = new AsyncLocalStorage<(queries: Queries) => Promise<void>>();

interface Shown {
  /** JSON pointers to the secrets in the answer. */
  readonly once: readonly string[];
  /** JSON pointer to the time until which a repeat shows them, too. */
  readonly againUntil: string | null;
}
const SHOWN_ONCE = 'shownOnce';
const KEY = /^[\x21-\x7e]{1,255}$/;
const FORGET_EVERY_MS = 1_000;
const FORGET_TRIES = 120;

/** A request's `Idempotency-Key`; undefined = none. Throws Fault `invalid`. */
export function idempotencyKeyIn({ headers }: { headers: Readonly<Record<string, string | string[] | undefined>> }): string | undefined {
  const key = headers['idempotency-key'];
  if (key !== undefined && (typeof key !== 'string' || !KEY.test(key))) throw new Fault('invalid', 'Idempotency-Key must be 1 to 255 printable ASCII characters without spaces.');
  return key;
}

type Called = FastifyRequest & { principal?: Principal };

/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header) of every POST: the first request is carried out, a repeated one gets the same answer. A request that was
 * refused, or failed, may be sent again with its key, unless it has changed something: that is 409, and its caller has to look for the result.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  readonly #logger = new Logger('Idempotency');

  constructor(
    private readonly reflector: Reflector,
    private readonly modules: ModuleRef,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler<object>): Promise<Observable<unknown>> {
    if (context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<Called>();
    const reply = http.getResponse<FastifyReply>();
    const key = request.method === 'POST' ? idempotencyKeyIn(request) : undefined;
    const store = key === undefined ? null : this.#store();
    if (key === undefined || !store || !request.principal) return next.handle();

    const scope = { caller: callerOf(request.principal), route: `POST ${request.routeOptions.url ?? ''}`, key };
    const earlier = await store.begin(scope, asked(request));
    if (earlier) {
      const { status, body } = answerOf(earlier);
      void reply.header('idempotency-replayed', 'true').status(status);
      return of(body);
    }
    return from(this.#carryOut(scope, store, () => lastValueFrom(next.handle()), { reply, shown: this.reflector.get<Shown | undefined>(SHOWN_ONCE, context.getHandler()) }));
  }

  async #carryOut(scope: IdempotencyScope, store: IdempotencyStore, work: () => Promise<object>, { reply, shown }: { reply: FastifyReply; shown: Shown | undefined }): Promise<object> {
    let answer: object;
    try {
      answer = await running.run((queries) => store.done(scope, queries), work);
    } catch (error) {
      void this.#forget(scope, store);
      throw error;
    }
    // It is done, and its caller is to hear so.
    await store.answered(scope, kept(answer, reply.statusCode, shown)).catch((error: unknown) => {
      this.#logger.warn(`the answer to a request with an Idempotency-Key could not be kept: ${String(error)}`);
    });
    return answer;
  }

  /** Until the database has taken it: it may be what failed. */
  async #forget(scope: IdempotencyScope, store: IdempotencyStore): Promise<void> {
    for (let tries = 0; tries < FORGET_TRIES; tries++) {
      if (await store.forget(scope).then(() => true, () => false)) return;
      await new Promise((resolve) => setTimeout(resolve, FORGET_EVERY_MS).unref());
    }
  }

  /** The app's store, wherever in it it is provided. */
  #store(): IdempotencyStore | null {
    try {
      return this.modules.get<IdempotencyStore>(IDEMPOTENCY, { strict: false });
    } catch {
      return null;
    }
  }
}

/** The identity of a request: its body, what its path names, and its parameters, since `?tenant=` says whose a name is. */
function asked({ body, params, query }: Called): string {
  const named = Object.values((params as Record<string, string> | undefined) ?? {});
  const given = Object.entries((query as Record<string, unknown> | undefined) ?? {});
  return JSON.stringify(given.length ? [named, body ?? {}, given] : named.length ? [named, body ?? {}] : (body ?? {}));
}

function answerOf({ sameBody, done, answer }: EarlierRequest): Omit<KeptAnswer, 'again'> {
  if (!sameBody) throw new Fault('invalid', 'This Idempotency-Key was used with another body, or for something else.');
  if (answer) return answer;
  if (done) throw new Fault('conflict', 'The first request with this Idempotency-Key was carried out, and what it was answered is lost: look what came of it.');
  throw new Fault('conflict', 'The first request with this Idempotency-Key has not been answered so far.', { retriable: true, retryAfterSeconds: 1 });
}

/** The answer as it may be kept. */
function kept(answer: object, status: number, { once, againUntil }: Shown = { once: [], againUntil: null }): KeptAnswer {
  const body = structuredClone(answer);
  const secrets: Record<string, unknown> = {};
  for (const pointer of once) {
    const { holder, name } = placeIn(body, pointer);
    if (holder?.[name] === undefined) continue;
    secrets[pointer] = holder[name];
    Reflect.deleteProperty(holder, name);
  }
  const until = againUntil === null ? undefined : placeIn(answer, againUntil);
  const time = until?.holder?.[until.name];
  return { status, body, again: typeof time === 'string' ? { secrets, until: new Date(time) } : null };
}

/** A kept answer with its secrets where they were. */
export function withSecrets(body: object, secrets: Readonly<Record<string, unknown>>): object {
  for (const [pointer, secret] of Object.entries(secrets)) {
    const { holder, name } = placeIn(body, pointer);
    if (holder) holder[name] = secret;
  }
  return body;
}

function placeIn(answer: object, pointer: string): { holder: Record<string, unknown> | undefined; name: string } {
  const path = fromPointer(pointer);
  const name = path.pop() ?? '';
  let holder: unknown = answer;
  for (const part of path) holder = (holder as Record<string, unknown> | undefined)?.[part];
  return { holder: typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>) : undefined, name };
}

/** `once` are JSON pointers to the secrets in an answer, which a repeat leaves out; `againUntil` to the time until which it shows them nevertheless. */
export const ShowsOnce = (once: readonly string[], againUntil: string | null = null): MethodDecorator => SetMetadata(SHOWN_ONCE, { once, againUntil } satisfies Shown);

/** A POST that creates: 201. */
export const Creates = ({ shownOnce = [] }: { shownOnce?: readonly string[] } = {}): MethodDecorator => applyDecorators(Post(), ShowsOnce(shownOnce));
