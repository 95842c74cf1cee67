import { RequestMethod, type PipeTransform, type Type } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner } from '@nestjs/core';
import type { Role } from '@nuncio/contracts';
import type { z } from 'zod';
import { SHOWN_ONCE } from '../idempotency.js';
import { schemaOf } from '../valid.js';

/** A route as its controller declares it. */
export interface Route {
  /** `get`, `post`… */
  readonly method: string;
  /** OpenAPI's way: `/v1/callbacks/{id}`. */
  readonly path: string;
  /** `Callbacks.create`. */
  readonly name: string;
  readonly roles: readonly Role[] | undefined;
  readonly isPublic: boolean;
  /** null = the handler decides. */
  readonly status: number | null;
  readonly query: z.ZodType | undefined;
  /** `bytes` = whatever comes; the handler reads it. */
  readonly body: z.ZodType | 'bytes' | undefined;
  /** Whether `Idempotency-Key` counts. */
  readonly creates: boolean;
}

type Arguments = Readonly<Record<string, { readonly pipes?: readonly (PipeTransform | Type<PipeTransform>)[] }>>;

/** What Nest knows of the routes of a controller, with the schemas of their `valid()` pipes. */
export function routesOf(controller: Type): Route[] {
  const prototype = controller.prototype as Record<string, object>;
  const prefix = pathsOf(controller)[0] ?? '';
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    const method = handler && (Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined);
    if (!handler || method === undefined) return [];
    const given = (key: string): unknown => Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller);
    const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Arguments;
    const takes = (type: RouteParamtypes) => Object.entries(parameters).find(([key]) => key.startsWith(`${type}:`))?.[1];
    const body = takes(RouteParamtypes.BODY);
    const route: Omit<Route, 'path'> = {
      method: RequestMethod[method].toLowerCase(),
      name: `${controller.name.replace(/Controller$/, '')}.${name}`,
      roles: given('roles') as Role[] | undefined,
      isPublic: given('public') === true,
      status: takes(RouteParamtypes.RESPONSE) ? null : ((given(HTTP_CODE_METADATA) as number | undefined) ?? (method === RequestMethod.POST ? 201 : 200)),
      query: schemaIn(takes(RouteParamtypes.QUERY)?.pipes),
      body: body && (schemaIn(body.pipes) ?? 'bytes'),
      creates: Reflect.hasMetadata(SHOWN_ONCE, handler),
    };
    return pathsOf(handler).map((path) => ({ ...route, path: toTemplate(`${prefix}/${path}`) }));
  });
}

const pathsOf = (target: object): string[] => [Reflect.getMetadata(PATH_METADATA, target) as string | string[]].flat();

const schemaIn = (pipes: Arguments[string]['pipes'] = []): z.ZodType | undefined => pipes.map(schemaOf).find((schema) => schema !== undefined);

/** `v1/callbacks//:id/` → `/v1/callbacks/{id}`. */
const toTemplate = (path: string): string =>
  `/${path
    .split('/')
    .filter(Boolean)
    .map((part) => part.replace(/^:(.*)/, '{$1}'))
    .join('/')}`;
