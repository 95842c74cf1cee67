import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { externalIdIn, Fault, invalidFields, toPointer, type KeyedKind, type Principal } from '@nuncio/contracts';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { keyedKindOf, schemasOf } from '../openapi/routes.js';
import { EXTERNAL_IDS, type ExternalIds, type Holder } from './external-ids.js';
import { MOST_PLACES, placesOf, type Place } from './places.js';

type Called = FastifyRequest & { principal?: Principal; params: Record<string, string>; query: Record<string, unknown> };

/**
 * Replaces `ext:` and an external id by the resource's id, wherever a request takes an id: in the path, by the collection; in query and body, where
 * the schema says `reference`. An external id that the caller has no resource for stays as it is, and the route treats it like any unknown id.
 */
@Injectable()
export class ReferencesInterceptor implements NestInterceptor {
  /** Asked for once, since Nest makes an error and its stack if there is none; undefined = not yet. */
  #known: ExternalIds | null | undefined;

  constructor(private readonly modules: ModuleRef) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<Called>();
    if (this.#known === undefined) this.#known = this.#provided();
    const known = this.#known;
    if (!request.principal || !known) return next.handle();
    const { query, body } = schemasOf(context.getClass(), context.getHandler().name);
    const inPath = placesInPath(request);
    const places = [...inPath, ...(query ? placesOf(query)(request.query) : []), ...(body ? placesOf(body)(request.body) : [])];
    const within = (kind: KeyedKind) => (kind === 'tenant' ? null : (request.principal?.tenant ?? tenantNamed(request)));
    if (places.length > MOST_PLACES) throw new Fault('invalid', `A request names at most ${MOST_PLACES} resources by their external ids.`);
    // One look-up per kind, however many there are. A tenant named by its external id decides where to look for the others.
    const byKind = Map.groupBy(places, ({ kind }) => kind);
    for (const kind of new Set<KeyedKind>(['tenant', ...byKind.keys()])) {
      const named = byKind.get(kind) ?? [];
      const externalIds = [...new Set(named.map(({ externalId }) => externalId))];
      if (!externalIds.length) continue;
      const held = Map.groupBy(await known.find(request.principal, kind, externalIds, within(kind)), ({ externalId }) => externalId);
      for (const place of named) replace(place, held.get(place.externalId) ?? []);
    }
    if (inPath.length && !takesTenant(query)) Reflect.deleteProperty(request.query, 'tenant');
    return next.handle();
  }

  /** The app's external ids, in whichever module they are provided; null = its routes accept none. */
  #provided(): ExternalIds | null {
    try {
      return this.modules.get<ExternalIds>(EXTERNAL_IDS, { strict: false });
    } catch {
      return null;
    }
  }
}

/** Throws Fault `invalid` if several tenants have it. */
function replace({ kind, externalId, path, put }: Place, held: readonly Holder[]): void {
  const [first, ...more] = held;
  if (more.length) throw invalidFields([{ pointer: toPointer(path), code: 'ambiguous', detail: `several tenants have a ${kind} "${externalId}": name the tenant, with ?tenant= if the body does not` }]);
  if (first) put(first.id);
}

/** Not for a PUT, which may create the resource. */
function placesInPath(request: Called): Place[] {
  const kind = request.method === 'PUT' ? null : keyedKindOf(request.routeOptions.url ?? '');
  const externalId = externalIdIn(request.params.id);
  if (!kind || externalId === null) return [];
  const tenant = externalIdIn(request.query.tenant);
  return [
    { kind, externalId, path: ['id'], put: (id) => void (request.params.id = id) },
    ...(tenant === null ? [] : [{ kind: 'tenant' as const, externalId: tenant, path: ['tenant'], put: (id: string) => void (request.query.tenant = id) }]),
  ];
}

/** The single tenant that a request names by id; null = none or several. For callers without a tenant. */
function tenantNamed({ query, body }: Called): string | null {
  const given = [query, body, (body as { select?: unknown } | undefined)?.select].map((part) => (part as { tenant?: unknown } | null | undefined)?.tenant).flat();
  const names = new Set(given.filter((name) => typeof name === 'string'));
  return names.size === 1 ? ([...names][0] ?? null) : null;
}

const takesTenant = (query: object | undefined): boolean => query !== undefined && 'shape' in query && 'tenant' in (query.shape as object);
