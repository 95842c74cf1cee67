import 'reflect-metadata';
import { expect, it } from '@jest/globals';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { Filter } from '@nuncio/contracts';
import { z } from 'zod';
import { Public, Roles } from '../auth.guard.js';
import { Creates } from '../idempotency.js';
import { valid } from '../valid.js';
import { mergeOpenApi, toOpenApi } from './document.js';
import { routesOf } from './routes.js';

const Thing = z.strictObject({ name: z.string().max(6), filter: Filter.optional() });
const List = z.strictObject({ limit: z.coerce.number().int().max(9).default(5), of: z.string() });

@Roles('admin')
@Controller('v1/things')
class ThingsController {
  @Creates()
  create(@Body(valid(Thing)) body: z.infer<typeof Thing>): unknown {
    return body;
  }

  @Get()
  list(@Query(valid(List)) query: z.infer<typeof List>): unknown {
    return query;
  }

  @Public()
  @Get(':id/raw')
  raw(@Param('id') id: string): unknown {
    return id;
  }

  @Delete(':id')
  @HttpCode(204)
  delete(@Param('id') id: string): unknown {
    return id;
  }

  @Post(':id/:move')
  move(@Body() body: Buffer, @Res({ passthrough: true }) reply: unknown): unknown {
    return [body, reply];
  }
}

@Controller('health')
class Inner {
  @Get()
  get(): null {
    return null;
  }
}

const document = toOpenApi([...routesOf(ThingsController), ...routesOf(Inner)]);
const operation = (path: string, method: string) => document.paths[path]?.[method];

it('has exactly the public routes', () => {
  expect(Object.entries(document.paths).map(([path, operations]) => [path, Object.keys(operations)])).toEqual([
    ['/v1/things', ['post', 'get']],
    ['/v1/things/{id}', ['delete']],
    ['/v1/things/{id}/raw', ['get']],
    ['/v1/things/{id}/{move}', ['post']],
  ]);
});

it('describes bodies and queries by the schemas that validate them', () => {
  const create = operation('/v1/things', 'post');
  expect(create).toMatchObject({
    operationId: 'createThing',
    summary: 'Create thing',
    'x-roles': ['admin'],
    parameters: [{ name: 'Idempotency-Key' }],
    requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/CreateThing' }, example: { name: 'ledger' } } } },
    responses: { 201: { headers: { Location: {}, ETag: {} } }, default: {} },
  });
  expect(document.components.schemas.CreateThing).toMatchObject({ properties: { name: { maxLength: 6, description: 'A name for people' }, filter: { $ref: '#/components/schemas/Filter' } }, additionalProperties: false });
  expect(document.components.schemas.Filter).toMatchObject({ properties: { not: { $ref: '#/components/schemas/Filter' } }, maxProperties: 1 });
  expect(operation('/v1/things', 'get')?.parameters).toMatchObject([
    { name: 'limit', required: false, schema: { type: 'integer', format: 'int32', maximum: 9 } },
    { name: 'of', required: true },
    { name: 'If-None-Match', in: 'header' },
  ]);
});

it('describes the answers of a route, and who may call it', () => {
  expect(operation('/v1/things/{id}', 'delete')).toMatchObject({ parameters: [{ name: 'id', in: 'path', required: true }], responses: { 204: {} } });
  expect(operation('/v1/things/{id}/{move}', 'post')).toMatchObject({ requestBody: { content: { '*/*': {} } }, responses: { 201: {} } });
  expect(operation('/v1/things/{id}/raw', 'get')).toMatchObject({ security: [] });
});

it('lists what each operation refuses, by status and code, and nothing that cannot occur', () => {
  const told = operation('/v1/things', 'post')?.responses as Record<string, { description: string }>;
  expect(told).toMatchObject({ 401: { description: 'Refused: `unauthenticated`' }, 403: {}, 409: { description: 'Refused: `conflict`, `suspended`' }, 422: {}, 429: {}, 503: {}, default: {} });
  expect(Object.keys(operation('/v1/things/{id}/raw', 'get')?.responses ?? {})).toEqual(['200', '304', '400', '404', '503', 'default']);
});

it('gives every operation its own name, and puts it under a tag that is described', () => {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  expect(document.tags).toEqual([{ name: 'things', description: 'Things' }]);
});

it('merges the documents of several services, also for one path', () => {
  const other = toOpenApi(routesOf(ThingsController).filter(({ method }) => method === 'get'));
  const rest = toOpenApi(routesOf(ThingsController).filter(({ method }) => method !== 'get'));
  expect(mergeOpenApi([other, rest]).paths['/v1/things']).toHaveProperty('post');
  expect(Object.keys(mergeOpenApi([other, rest]).paths)).toEqual(Object.keys(document.paths));
});
