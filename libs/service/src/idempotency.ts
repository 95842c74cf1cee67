import { AsyncLocalStorage } from 'node:async_hooks';
import { applyDecorators, Injectable, Logger, Optional, Post, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ModuleRef, Reflector } from '@nestjs/core';
import { callerOf, Fault, fromPointer, invalidFields, type Principal, type Role } from '@nuncio/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, of, type Observable } from 'rxjs';
import type { Queries } from './idempotent-requests.js';
import { DailyShare } from './daily-share.js';
import { isReading, isRehearsal } from './reading.js';

/** What a key is unique in: the same key of another caller or route is another one. */
export interface IdempotencyScope {
  /** Tenant and id, since a person may have tokens of two tenants. */
  readonly caller: string;
  readonly route: string;
  readonly key: string;
}

/** The parts of an answer that may be kept. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: object;
  /** Secrets that a repeated answer still has, by JSON pointer, and until when. */
  readonly again: { readonly secrets: Readonly<Record<string, unknown>>; readonly until: Date } | null;
}

/** An earlier request with the same key. */
export interface EarlierRequest {
  readonly sameBody: boolean;
  /** There will be no answer: the request has changed something, and then it failed, or its process died. */
  readonly lost: boolean;
  /** null = not answered yet. */
  readonly answer: Omit<KeptAnswer, 'again'> | null;
}

/** Keeps requests with an `Idempotency-Key` for 24 hours. An app whose POSTs change something provides one under `IDEMPOTENCY`. */
export interface IdempotencyStore {
  /** null = this is the first request; it is kept from now on. */
  begin(scope: IdempotencyScope, body: string): Promise<EarlierRequest | null>;
  /** Records, in the transaction of `queries`, that the request changes something. Once that has committed, the request is not carried out again. */
  done(scope: IdempotencyScope, queries: Queries): Promise<void>;
  answered(scope: IdempotencyScope, answer: KeptAnswer): Promise<void>;
  /** Called when the request has failed. Forgets it if it changed nothing. One that is `done` stays, and is lost from now on. */
  forget(scope: IdempotencyScope): Promise<void>;
}
export const IDEMPOTENCY = Symbol('IdempotencyStore');

/** Called in a transaction that changes something, before its commit. If a request with a key is in progress, it will not be carried out again. */
export const somethingIsDone = (queries: Queries): Promise<void> => running.getStore()?.(queries) ?? Promise.resolve();
const running = new AsyncLocalStorage<(queries: Queries) => Promise<void>>();

interface Shown {
  /** JSON pointers to the secrets in the answer. */
  readonly once: readonly string[];
  /** JSON pointer to the time until which repeated answers have them too. */
  readonly againUntil: string | null;
}
const SHOWN_ONCE = 'shownOnce';
const KEY = /^[\x21-\x7e]{1,255}$/;
const FORGET_EVERY_MS = 1_000;
const FORGET_TRIES = 120;
/** What is kept of the answers to a tenant's requests. A day's worth may come at once. */
const KEPT_BYTES_A_DAY = 67_108_864;

/** A request's `Idempotency-Key`; undefined = none. Throws Fault `invalid`. */
export function idempotencyKeyIn({ headers }: { headers: Readonly<Record<string, string | string[] | undefined>> }): string | undefined {
  const key = headers['idempotency-key'];
  if (key !== undefined && (typeof key !== 'string' || !KEY.test(key))) throw invalidFields([{ pointer: '/Idempotency-Key', code: 'invalid-format', detail: 'must be 1 to 255 printable ASCII characters without spaces' }]);
  return key;
}

type Called = FastifyRequest & { principal?: Principal };

/**
 * Handles the `Idempotency-Key` of every POST that changes something (draft-ietf-httpapi-idempotency-key-header): the first request is carried out, a
 * repeated one gets the same answer. A POST that reads, or only rehearses, is carried out each time, and nothing of it is kept. A request that was refused or failed may be repeated with its key, unless it has changed something: then the answer is 409, and the
 * caller must look for the result.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  readonly #logger = new Logger('Idempotency');
  readonly #kept: DailyShare;

  constructor(
    private readonly reflector: Reflector,
    private readonly modules: ModuleRef,
    @Optional() keptBytesADay = KEPT_BYTES_A_DAY,
  ) {
    this.#kept = new DailyShare(keptBytesADay);
  }

  async intercept(context: ExecutionContext, next: CallHandler<object>): Promise<Observable<unknown>> {
    if (context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<Called>();
    const reply = http.getResponse<FastifyReply>();
    const roles = this.reflector.getAllAndOverride<Role[] | undefined>('roles', [context.getHandler(), context.getClass()]);
    const changes = request.method === 'POST' && !isReading(request.method, roles) && !isRehearsal(request.body);
    const key = changes ? idempotencyKeyIn(request) : undefined;
    const store = key === undefined ? null : this.#store();
    if (key === undefined || !store || !request.principal) return next.handle();

    const { tenant } = request.principal;
    this.#refuseBeyond(tenant);
    const scope = { caller: callerOf(request.principal), route: `POST ${request.routeOptions.url ?? ''}`, key };
    const earlier = await store.begin(scope, asked(request));
    if (earlier) {
      const { status, body } = answerOf(earlier);
      void reply.header('idempotency-replayed', 'true').status(status);
      return of(body);
    }
    return from(this.#carryOut(scope, store, () => lastValueFrom(next.handle()), { tenant, reply, shown: this.reflector.get<Shown | undefined>(SHOWN_ONCE, context.getHandler()) }));
  }

  async #carryOut(scope: IdempotencyScope, store: IdempotencyStore, work: () => Promise<object>, { tenant, reply, shown }: { tenant: string | null; reply: FastifyReply; shown: Shown | undefined }): Promise<object> {
    let answer: object;
    try {
      answer = await running.run((queries) => store.done(scope, queries), work);
    } catch (error) {
      void this.#forget(scope, store);
      throw error;
    }
    // The request succeeded, so its caller must be told so.
    const keeping = kept(answer, reply.statusCode, shown);
    this.#kept.charge(tenant, [keeping.body], performance.now());
    await store.answered(scope, keeping).catch((error: unknown) => {
      this.#logger.warn(`cannot store the answer to a request with an Idempotency-Key: ${String(error)}`);
    });
    return answer;
  }

  /** Throws Fault `too-many-requests` if as much is kept for the tenant as may be. */
  #refuseBeyond(tenant: string | null): void {
    const refusal = this.#kept.refusal(tenant, performance.now(), (of) => `The answers that are kept for the Idempotency-Keys of the tenant ${of} come to more than ${KEPT_BYTES_A_DAY} bytes a day. Wait, or send the request without the key.`);
    if (refusal) throw refusal;
  }

  /** Tries until the database has taken it, since the database may be what failed. */
  async #forget(scope: IdempotencyScope, store: IdempotencyStore): Promise<void> {
    for (let tries = 0; tries < FORGET_TRIES; tries++) {
      if (await store.forget(scope).then(() => true, () => false)) return;
      await new Promise((resolve) => setTimeout(resolve, FORGET_EVERY_MS).unref());
    }
  }

  /** The app's store, in whichever module it is provided. */
  #store(): IdempotencyStore | null {
    try {
      return this.modules.get<IdempotencyStore>(IDEMPOTENCY, { strict: false });
    } catch {
      return null;
    }
  }
}

/** What identifies a request: its body, the parameters of its path, and its query, since `?tenant=` decides what a name means. */
function asked({ body, params, query }: Called): string {
  const named = Object.values((params as Record<string, string> | undefined) ?? {});
  const given = Object.entries((query as Record<string, unknown> | undefined) ?? {});
  return JSON.stringify(given.length ? [named, body ?? {}, given] : named.length ? [named, body ?? {}] : (body ?? {}));
}

function answerOf({ sameBody, lost, answer }: EarlierRequest): Omit<KeptAnswer, 'again'> {
  if (!sameBody) throw invalidFields([{ pointer: '/Idempotency-Key', code: 'taken', detail: 'was used with another body or resource within 24 hours: send a new key' }]);
  if (answer) return answer;
  if (lost) throw new Fault('conflict', 'The first request with this Idempotency-Key was carried out, but its answer is lost: look for the result.');
  throw new Fault('conflict', 'The first request with this Idempotency-Key has not been answered yet.', { retriable: true, retryAfterSeconds: 1 });
}

/** The parts of an answer that may be kept. */
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

/** A kept answer with its secrets put back. */
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

/**
 * `once`: JSON pointers to the secrets in an answer, which a repeated answer leaves out. `againUntil`: JSON pointer to the time until which it has
 * them nevertheless.
 */
export const ShowsOnce = (once: readonly string[], againUntil: string | null = null): MethodDecorator => SetMetadata(SHOWN_ONCE, { once, againUntil } satisfies Shown);

/** A POST that creates a resource: 201. */
export const Creates = ({ shownOnce = [] }: { shownOnce?: readonly string[] } = {}): MethodDecorator => applyDecorators(Post(), ShowsOnce(shownOnce));
