import { expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector, type ModuleRef } from '@nestjs/core';
import type { Principal, Role } from '@nuncio/contracts';
import { lastValueFrom, of } from 'rxjs';
import { IdempotencyInterceptor, type IdempotencyStore } from './idempotency.js';

/** What the store was asked for, and the interceptor. */
function kept(bytesADay?: number) {
  const asked: string[] = [];
  const store: IdempotencyStore = {
    begin: ({ key }) => {
      asked.push(`begin ${key}`);
      return Promise.resolve(null);
    },
    done: () => Promise.resolve(),
    answered: ({ key }) => {
      asked.push(`answered ${key}`);
      return Promise.resolve();
    },
    forget: () => Promise.resolve(),
  };
  const interceptor = new IdempotencyInterceptor(new Reflector(), { get: () => store } as unknown as ModuleRef, bytesADay);
  const post = async ({ tenant = 'acme' as string | null, key = 'k', roles = ['admin', 'consumer'] as Role[], body = {} as object, answer = {} as object }): Promise<unknown> => {
    const handler = (): object => answer;
    Reflect.defineMetadata('roles', roles, handler);
    const principal: Principal = { id: 'key_1', role: tenant === null ? 'admin' : 'consumer', tenant, groups: [] };
    const request = { method: 'POST', headers: { 'idempotency-key': key }, body, principal, routeOptions: { url: '/v1/things' } };
    const context = { getType: () => 'http', getHandler: () => handler, getClass: () => Object, switchToHttp: () => ({ getRequest: () => request, getResponse: () => ({ statusCode: 201 }) }) } as unknown as ExecutionContext;
    return lastValueFrom(await interceptor.intercept(context, { handle: () => of(answer) }));
  };
  return { asked, post };
}

it('keeps the answer of a POST that changes something, and nothing of one that reads or rehearses', async () => {
  const { asked, post } = kept();
  await post({ key: 'change' });
  await post({ key: 'read', roles: ['admin', 'viewer'] });
  await post({ key: 'rehearsal', body: { dryRun: true } });
  await post({ key: 'not-a-rehearsal', body: { dryRun: false } });
  expect(asked).toEqual(['begin change', 'answered change', 'begin not-a-rehearsal', 'answered not-a-rehearsal']);
});

it('keeps so many bytes of answers for a tenant a day, and as many for each other tenant', async () => {
  const { post } = kept(10_000);
  const large = { answer: { text: 'x'.repeat(4_000) } };
  for (const key of ['1', '2']) await post({ key, ...large });
  await expect(post({ key: '3', ...large })).rejects.toMatchObject({ code: 'too-many-requests', retriable: true });
  await post({ key: '1', tenant: 'globex', ...large });
  for (let n = 0; n < 10; n++) await post({ key: `${n}`, tenant: null, ...large });
  // Without a key's answer to keep, the tenant goes on.
  await post({ key: '4', roles: ['viewer'], ...large });
});
