import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { invalidFields, toPointer, type FaultDetail } from '@nuncio/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { idempotencyKeyIn } from './idempotency.js';
import { keyedKindOf, schemasOf } from './openapi/routes.js';
import { namesOf } from './valid.js';

type Called = FastifyRequest & { principal?: unknown; query: Record<string, unknown> };

const CHANGES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Refuses what makes a request that changes something wrong whatever its route does: an `Idempotency-Key` that is none, and query parameters on a route
 * without any, since whoever sends `?dryRun=true` there does not want anything changed. Throws Fault `invalid`. Public routes are left alone.
 */
@Injectable()
export class RequestGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<Called>();
    if (!request.principal || !CHANGES.has(request.method)) return true;
    if (request.method === 'POST') idempotencyKeyIn(request);
    const { query, body } = schemasOf(context.getClass(), context.getHandler().name);
    if (!query) refuseQuery(request, body);
    return true;
  }
}

function refuseQuery({ query, routeOptions }: Called, body: z.ZodType | undefined): void {
  const given = Object.keys(query);
  if (given.length === 0) return;
  const isAllowed = (name: string): boolean => name === 'tenant' && keyedKindOf(routeOptions.url ?? '') !== null;
  const fields = body ? namesOf(body).top : [];
  const told = (name: string): string => `there is no parameter "${name}" here${fields.includes(name) ? ': it is a field of the body' : ''}`;
  const errors = given.filter((name) => !isAllowed(name)).map((name): FaultDetail => ({ pointer: toPointer([name]), code: 'unknown-field', detail: told(name) }));
  if (errors.length) throw invalidFields(errors);
}
