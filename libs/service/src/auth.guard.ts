import { isDeepStrictEqual } from 'node:util';
import { createParamDecorator, Inject, Injectable, Module, SetMetadata, type CanActivate, type DynamicModule, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD, ModuleRef, Reflector } from '@nestjs/core';
import { Fault, isFault, shareOf, withOwners, type Principal, type Role, type SessionInForce } from '@nuncio/contracts';
import type { FastifyRequest } from 'fastify';
import type { ApiEnv } from './api-env.js';
import { bearerOf, KeyOwners } from './key-owners.js';
import { looksLikeJwt, OidcTokens } from './oidc/oidc-tokens.js';
import { looksLikePortalToken, portalPrincipal, type PublicKeys } from './portal/portal-session.js';
import { RateLimit } from './rate-limit.js';
import { isReading } from './reading.js';
import { RequestGuard } from './request.guard.js';
import { UsedKeys } from './used-keys.js';

/** The callers that the installation knows. Each app provides one under `PRINCIPALS`. */
export interface Principals {
  /** The caller with an API key, by the keyed hash of the key. */
  find(keyHash: string): Principal | null | Promise<Principal | null>;
  /** The hash of the API key with this id; null = there is none. */
  hashOf(keyId: string): string | null | Promise<string | null>;
  /** Whether the tenant exists that a token names. */
  hasTenant(id: string): boolean | Promise<boolean>;
  /** Whether a provider has suspended the tenant. */
  isSuspended(tenant: string): boolean | Promise<boolean>;
  /** Whether a portal session was ended before its time. */
  hasEnded(session: SessionInForce): boolean | Promise<boolean>;
}
export const PRINCIPALS = Symbol('Principals');
const TOKENS = Symbol('OIDC tokens');
const PORTAL_KEYS = Symbol('Public keys of portal sessions');

/** Only these roles may call; owners may if consumers may. Without it, any authenticated caller. */
export const Roles = (...roles: Role[]): MethodDecorator & ClassDecorator => SetMetadata('roles', withOwners(roles));

export const Public = (): MethodDecorator & ClassDecorator => SetMetadata('public', true);

/** Whether a request's credentials are still valid for the same caller: not revoked, expired or changed. */
export type IsStill = () => Promise<boolean>;

type Called = FastifyRequest & { principal?: Principal; isStill?: IsStill };

/** A parameter: the caller. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Called>().principal);

/** A parameter: checks the caller again, for an answer that goes on for long. */
export const StillCaller = createParamDecorator((_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Called>().isStill);

/** Who may call a route, as its decorators say. */
interface Rule {
  readonly isPublic: boolean;
  readonly roles: readonly Role[] | undefined;
}

/**
 * Answers 401 for an unknown caller, 429 for too many requests, 403 for a role that may not call, all before anything is looked up; 409 if the tenant
 * is suspended and the request is not a read.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  /** By handler, since decorators do not change. */
  readonly #rules = new WeakMap<object, Rule>();
  #found: Principals | undefined;

  constructor(
    private readonly reflector: Reflector,
    private readonly modules: ModuleRef,
    private readonly owners: KeyOwners,
    @Inject(TOKENS) private readonly tokens: OidcTokens | null,
    @Inject(PORTAL_KEYS) private readonly portalKeys: PublicKeys | null,
    private readonly rate: RateLimit,
    private readonly used: UsedKeys,
  ) {}

  /** The app's principals, in whichever module they are provided. */
  get #principals(): Principals {
    return (this.#found ??= this.modules.get<Principals>(PRINCIPALS, { strict: false }));
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const { isPublic, roles } = this.#ruleOf(context);
    if (isPublic) return true;
    const request = context.switchToHttp().getRequest<Called>();
    const { authorization } = request.headers;
    const principal = await this.admit(authorization);
    if (roles && !roles.includes(principal.role)) throw new Fault('forbidden', `The role ${principal.role} may not do this; ${roles.join(', ')} may.`);
    if (principal.tenant !== null && !isReading(request.method, roles) && (await this.#principals.isSuspended(principal.tenant)))
      throw new Fault('suspended', `The tenant ${principal.tenant} is suspended: it can only be read.`);
    request.principal = principal;
    request.isStill = () => this.authenticate(authorization).then((now) => isDeepStrictEqual(now, principal), isNotRefused);
    return true;
  }

  #ruleOf(context: ExecutionContext): Rule {
    const handler = context.getHandler();
    let rule = this.#rules.get(handler);
    if (!rule) {
      const targets = [handler, context.getClass()];
      rule = { isPublic: this.reflector.getAllAndOverride<boolean | undefined>('public', targets) ?? false, roles: this.reflector.getAllAndOverride<Role[] | undefined>('roles', targets) };
      this.#rules.set(handler, rule);
    }
    return rule;
  }

  /** Who is calling. Throws what `authenticate` throws, and Fault `too-many-requests` for who is calling too often. */
  async admit(header: string | undefined, rate = this.rate): Promise<Principal> {
    const principal = await this.authenticate(header);
    const waitMs = rate.take(shareOf(principal), performance.now());
    if (waitMs > 0) throw new Fault('too-many-requests', 'This caller sends too many requests.', { retriable: true, retryAfterSeconds: Math.ceil(waitMs / 1_000) });
    return principal;
  }

  /**
   * The caller of `Authorization: Bearer <API key, access token or portal session>` (RFC 6750 §2.1). Throws Fault `unauthenticated`, and what
   * `OidcTokens` throws.
   */
  async authenticate(header: string | undefined): Promise<Principal> {
    const credentials = bearerOf(header);
    if (this.portalKeys && looksLikePortalToken(credentials)) {
      const principal = await portalPrincipal(credentials, this.portalKeys, this.#principals);
      // Using a session counts as a use of the key that made it.
      if (principal.madeBy !== undefined) this.used.add(principal.madeBy);
      return principal;
    }
    if (this.tokens && looksLikeJwt(credentials)) {
      const principal = await this.tokens.principalOf(credentials);
      if (principal.tenant === null || (await this.#principals.hasTenant(principal.tenant))) return principal;
      throw new Fault('unauthenticated', 'The tenant in the token does not exist here.');
    }
    const principal = credentials ? await this.owners.find(credentials, this.#principals) : null;
    if (!principal) throw new Fault('unauthenticated', `Send a valid API key${this.tokens ? ' or access token' : ''}: Authorization: Bearer <key>.`);
    this.used.add(principal.id);
    return principal;
  }
}

/** A caller is not refused if nobody can tell (the authorization server's keys cannot be read now). */
const isNotRefused = (error: unknown): boolean => !isFault(error, 'unauthenticated') && !isFault(error, 'forbidden');

/** Guards every route of the app that imports it and provides `PRINCIPALS`. */
@Module({})
export class AuthModule {
  static with(env: ApiEnv): DynamicModule {
    return {
      module: AuthModule,
      providers: [
        { provide: KeyOwners, useValue: new KeyOwners(env.API_KEY_PEPPER) },
        { provide: TOKENS, useValue: OidcTokens.of(env) },
        { provide: PORTAL_KEYS, useValue: env.PORTAL_PUBLIC_KEYS ?? null },
        { provide: RateLimit, useValue: new RateLimit(env.RATE_LIMIT_PER_SECOND) },
        UsedKeys,
        AuthGuard,
        { provide: APP_GUARD, useExisting: AuthGuard },
        { provide: APP_GUARD, useClass: RequestGuard },
      ],
      exports: [AuthGuard, KeyOwners, RateLimit, UsedKeys],
    };
  }
}
