import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { filters } from '../bench/log/queries.js';
import { Contract, describe } from '../fleet/contract.js';
import { sharedFleet } from '../fleet/fleet.js';
import { examplesIn, uncoded, undescribed, type Documented } from '../fleet/undescribed.js';

/** The routes that programs rely on. */
const CALLS = `
  GET POST /v1/tenants
  GET PATCH DELETE /v1/tenants/{}
  POST /v1/tenants/{}/suspend
  POST /v1/tenants/{}/unsuspend
  GET POST /v1/api-keys
  DELETE PATCH /v1/api-keys/{}
  GET POST /v1/event-types
  GET PATCH DELETE /v1/event-types/{}
  POST /v1/event-types/{}/simulate
  GET POST /v1/applications
  GET PATCH DELETE /v1/applications/{}
  GET POST /v1/credentials
  GET PATCH DELETE /v1/credentials/{}
  POST /v1/credentials/{}/test
  GET /v1/credentials/{}/health
  GET /v1/credentials/health
  GET /v1/callbacks/health
  GET /v1/callbacks/{}/health
  GET POST /v1/callbacks
  GET PATCH DELETE /v1/callbacks/{}
  POST /v1/callbacks/{}/rotate-secret
  POST /v1/callbacks/{}/test
  GET /v1/callbacks/{}/subscriptions
  POST /v1/callbacks/{}/recover
  GET POST /v1/subscriptions
  GET PATCH DELETE /v1/subscriptions/{}
  POST /v1/subscriptions/{}/test
  POST /v1/subscriptions/{}/{}
  GET POST /v1/events
  GET /v1/events/{}
  GET /v1/events/{}/payload
  GET /v1/deliveries
  GET /v1/deliveries/{}
  POST /v1/deliveries/{}/resend
  POST /v1/deliveries/{}/send-now
  POST /v1/deliveries/{}/cancel
  POST /v1/deliveries/send-now
  POST /v1/deliveries/cancel
  POST /v1/callbacks/{}/send-now
  GET /v1/attempts
  GET /v1/attempts/{}
  POST /v1/replays
  GET /v1/operations/{}
  GET /v1/stats
  GET /v1/stats/top
  GET /v1/stats/backlog
  GET /v1/stats/token-requests
  GET /v1/stats/authorization-servers
  GET /v1/incidents
  GET /v1/quarantine
  GET /v1/quarantine/{}
  GET /v1/quarantine/{}/payload
  POST /v1/quarantine/{}/republish
  GET /v1/dead-letters
  GET /v1/dead-letters/{}
  GET /v1/dead-letters/{}/payload
  POST /v1/dead-letters/{}/republish
  GET /v1/fleet
  GET /v1/audit
  GET /v1/openapi.json`;

it('publishes one document of all calls, whichever service answers them', async () => {
  const { openapi, paths } = await sharedFleet().api.get<{ openapi: string; paths: Record<string, object> }>('/v1/openapi.json');
  expect(openapi).toMatch(/^3\.1\./);
  const described = Object.entries(paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{}')}`));
  const expected = CALLS.trim()
    .split('\n')
    .flatMap((line) => {
      const words = line.trim().split(' ');
      return words.slice(0, -1).map((method) => `${method} ${words.at(-1) ?? ''}`);
    });
  expect(described).toEqual(expect.arrayContaining(expected));
});

it('describes every answer, and the validator of these tests reports any other', async () => {
  const { api } = sharedFleet();
  const description = await describe(api.url);
  const undescribed = Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      Object.entries(responses).flatMap(([status, { content = {} }]) => (content['application/json'] && !content['application/json'].schema ? [`${method} ${path} ${status}`] : [])),
    ),
  );
  expect(undescribed).toEqual([]);

  const contract = new Contract(description);
  const path = '/v1/applications/app_1';
  const body = { id: 'app_1', tenant: 'acme', name: 'ledger', externalId: null, labels: {}, version: 1, createdAt: '2026-01-31T12:00:00.000Z', updatedAt: '2026-01-31T12:00:00.000Z' };
  const get = { method: 'GET', path, status: 200, contentType: 'application/json; charset=utf-8', body: body as unknown };
  contract.check(get);
  for (const wrong of [{ body: { ...body, name: undefined } }, { body: { ...body, secret: 'x' } }, { body: { ...body, createdAt: 'today' } }, { contentType: 'text/html' }, { status: 500 }, { method: 'POST' }, { path: '/v1/undescribed' }])
    expect(() => {
      contract.check({ ...get, ...wrong });
    }).toThrow(/answered (200|500)/);
});

it('describes every operation, parameter and field, and gives every body and answer a name and a fitting example', async () => {
  const description = await describe(sharedFleet().api.url);
  const documented = description as unknown as Documented;
  expect(undescribed(documented)).toEqual([]);

  const contract = new Contract(description);
  const examples = [...examplesIn(documented)];
  expect(examples.length).toBeGreaterThan(80);
  expect(examples.flatMap(({ pointer, example }) => contract.fault(pointer, example) ?? [])).toEqual([]);

  // Shows that the test would report a missing description.
  const { Tenant } = documented.components.schemas;
  const forgotten = { ...Tenant, properties: { ...(Tenant?.properties as object), region: { type: 'string' } } };
  expect(undescribed({ ...documented, components: { schemas: { ...documented.components.schemas, Tenant: forgotten } } })).toEqual(['Tenant.region']);
});

/** Sentences without a field of their own for a code, and why. */
const NEED_NO_CODE: Readonly<Record<string, RegExp>> = {
  '`code` is its code': /^Problem\.detail$/,
  'it is a code itself': /\.disabledReason$|^(Whole)?(DeadLetter|QuarantinedRecord)\.reason$/,
  '`reason` beside it is its code': /^(Whole)?(DeadLetter|QuarantinedRecord)\.hint$/,
  'somebody wrote it, in their own words': /^(MoveSubscription|SuspendTenant|Tenant)\.reason$/,
};

it('has a stable code beside every sentence, so that a portal can translate it', async () => {
  const documented = (await describe(sharedFleet().api.url)) as unknown as Documented;
  const without = uncoded(documented);
  const allowed = Object.values(NEED_NO_CODE);
  expect(without.filter((field) => !allowed.some((known) => known.test(field)))).toEqual([]);
  expect(allowed.filter((known) => !without.some((field) => known.test(field)))).toEqual([]);

  // Shows that the test would report a new sentence, and one whose code is of no closed list.
  const { Delivery } = documented.components.schemas;
  const fields = { ...(Delivery?.properties as object), outlook: { type: 'string', description: 'A sentence on what comes next' }, explanationCode: { type: 'string' } };
  expect(uncoded({ paths: {}, components: { schemas: { Delivery: { ...Delivery, properties: fields } } } })).toEqual(expect.arrayContaining(['Delivery.explanation', 'Delivery.outlook']));
});

it('passes the recommended rules of Redocly', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nuncio-redocly-'));
  try {
    const file = join(dir, 'openapi.json');
    await writeFile(file, JSON.stringify(await describe(sharedFleet().api.url)));
    const cli = join(createRequire(import.meta.url).resolve('@redocly/cli/package.json'), '..', 'bin', 'cli.js');
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const found = await new Promise<string>((resolve, reject) =>
      execFile(process.execPath, [cli, 'lint', file, '--extends', 'recommended', '--format', 'json', '--max-problems', '1000'], { cwd: dir, env }, (error, stdout) => {
        if (stdout) resolve(stdout);
        else reject(error ?? new Error('redocly says nothing'));
      }),
    );
    const { totals, problems } = JSON.parse(found) as { totals: { errors: number }; problems: { ruleId: string; message: string }[] };
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
    expect(totals.errors).toBe(0);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

it('has no filter of the log that the benchmark of the log does not measure: a new one was slow, and nobody knew', async () => {
  const { paths } = await describe(sharedFleet().api.url);
  // `ext.region` belongs to the filter `ext`.
  const asked = Object.keys(filters).map((name) => name.split('.')[0] ?? '');
  const paging = ['limit', 'cursor', 'count', 'format'];
  const described = ['/v1/attempts', '/v1/deliveries'].flatMap((path) => paths[path]?.get?.parameters?.flatMap((parameter) => (parameter.in === 'query' ? [parameter.name] : [])) ?? []);
  expect(described.length).toBeGreaterThan(15);
  expect(described.filter((name) => !paging.includes(name) && !asked.includes(name))).toEqual([]);
});
