import { RequestMethod, type PipeTransform, type Type } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner } from '@nestjs/core';
import { KEYED_KINDS, type KeyedKind, type Role } from '@nuncio/contracts';
import type { z } from 'zod';
import { ANSWER, TAKES, type Answer } from '../answers.js';
import { fromIfMatch } from '../http/if-match.js';
import { isReading } from '../reading.js';
import { schemaOf } from '../valid.js';
import { OPERATION, operationIdOf, type OperationInfo } from './operation.js';

/** A route as its controller declares it. */
export interface Route {
  /** `get`, `post`… */
  readonly method: string;
  /** In OpenAPI's form: `/v1/callbacks/{id}`. */
  readonly path: string;
  /** Such as `createCallback`. */
  readonly id: string;
  readonly info: OperationInfo;
  readonly roles: readonly Role[] | undefined;
  readonly isPublic: boolean;
  /** The statuses of a successful answer. */
  readonly statuses: readonly number[];
  /** The declared answer; undefined = the controller declares none. */
  readonly answer: Answer | undefined;
  /** Schemas of path parameters that have one. */
  readonly parameters: Readonly<Record<string, z.ZodType>>;
  readonly query: z.ZodType | undefined;
  /** By media type; an empty object = any, and the handler reads it. */
  readonly bodies: Readonly<Record<string, z.ZodType>> | undefined;
  /** Whether `Idempotency-Key` is supported. */
  readonly isIdempotent: boolean;
  /** Whether `If-Match` is supported. */
  readonly guards: boolean;
  /** The headers that the handler reads by name, in lower case. */
  readonly headers: readonly string[];
}

interface Argument {
  /** The name of a path parameter. */
  readonly data?: string;
  readonly factory?: unknown;
  readonly pipes?: readonly (PipeTransform | Type<PipeTransform>)[];
}

/** The schemas of a handler's parameters, from its `valid()` pipes. */
interface Taken {
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
}

const taken = new WeakMap<Type, Map<string, Taken>>();

export function schemasOf(controller: Type, name: string): Taken {
  const known = taken.get(controller) ?? new Map<string, Taken>();
  taken.set(controller, known);
  const of = known.get(name) ?? { query: schemaIn(argumentsOf(controller, name, RouteParamtypes.QUERY)[0]?.pipes), body: schemaIn(argumentsOf(controller, name, RouteParamtypes.BODY)[0]?.pipes) };
  known.set(name, of);
  return of;
}

/**
 * The kind of resource whose id is in a path, if an external id is allowed there: for `/v1/callbacks/:id…` and
 * `/v1/callbacks/{id}…`.
 */
export const keyedKindOf = (path: string): KeyedKind | null => (KEYED_KINDS as Readonly<Record<string, KeyedKind>>)[/^\/v1\/([a-z]+)\/(?::id|\{id\})(?:\/|$)/.exec(path)?.[1] ?? ''] ?? null;

function argumentsOf(controller: Type, name: string, type: RouteParamtypes): Argument[] {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Readonly<Record<string, Argument>>;
  return Object.entries(parameters).flatMap(([key, argument]) => (key.startsWith(`${type}:`) ? [argument] : []));
}

/** The routes of a controller, read from Nest's metadata, with the schemas of their `valid()` pipes. */
export function routesOf(controller: Type): Route[] {
  const prototype = controller.prototype as Record<string, object>;
  const prefix = pathsOf(controller)[0] ?? '';
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    const method = handler && (Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined);
    if (!handler || method === undefined) return [];
    const given = (key: string): unknown => Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller);
    const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Readonly<Record<string, Argument>>;
    const all = (type: RouteParamtypes) => argumentsOf(controller, name, type);
    const [body] = all(RouteParamtypes.BODY);
    const [query] = all(RouteParamtypes.QUERY);
    const info = (Reflect.getMetadata(OPERATION, handler) as OperationInfo | undefined) ?? {};
    const route: Omit<Route, 'path' | 'id'> = {
      method: RequestMethod[method].toLowerCase(),
      info,
      roles: given('roles') as Role[] | undefined,
      isPublic: given('public') === true,
      statuses: info.statuses ?? [(given(HTTP_CODE_METADATA) as number | undefined) ?? (method === RequestMethod.POST ? 201 : 200)],
      answer: Reflect.getMetadata(ANSWER, handler) as Answer | undefined,
      parameters: Object.fromEntries(all(RouteParamtypes.PARAM).flatMap(({ data = '', pipes }) => entryOf(data, schemaIn(pipes)))),
      query: schemaIn(query?.pipes),
      bodies: body && ((Reflect.getMetadata(TAKES, handler) as Route['bodies']) ?? jsonBodies(method, schemaIn(body.pipes))),
      isIdempotent: method === RequestMethod.POST && given('public') !== true && !isReading('POST', given('roles') as Role[] | undefined),
      guards: Object.values(parameters).some(({ factory }) => factory === fromIfMatch),
      headers: all(RouteParamtypes.HEADERS).flatMap(({ data }) => data ?? []),
    };
    return pathsOf(handler).map((part) => {
      const path = toTemplate(`${prefix}/${part}`);
      return { ...route, path, id: route.info.id ?? operationIdOf(route.method, path) };
    });
  });
}

/** A PATCH is a merge patch (RFC 7396), with either media type. */
function jsonBodies(method: RequestMethod, schema: z.ZodType | undefined): Route['bodies'] {
  if (!schema) return {};
  return { 'application/json': schema, ...(method === RequestMethod.PATCH && { 'application/merge-patch+json': schema }) };
}

const pathsOf = (target: object): string[] => [Reflect.getMetadata(PATH_METADATA, target) as string | string[]].flat();

const entryOf = <T>(name: string, value: T | undefined): [string, T][] => (value === undefined ? [] : [[name, value]]);

const schemaIn = (pipes: Argument['pipes'] = []): z.ZodType | undefined => pipes.map(schemaOf).find((schema) => schema !== undefined);

/** Such as `v1/callbacks//:id/` → `/v1/callbacks/{id}`. */
const toTemplate = (path: string): string =>
  `/${path
    .split('/')
    .filter(Boolean)
    .map((part) => part.replace(/^:(.*)/, '{$1}'))
    .join('/')}`;
