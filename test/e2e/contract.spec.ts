import { expect, it } from '@jest/globals';
import { sharedFleet } from '../fleet/fleet.js';

/** The calls programs are written against. */
const CALLS = `
  GET POST /v1/tenants
  GET PATCH DELETE /v1/tenants/{}
  GET POST /v1/api-keys
  DELETE /v1/api-keys/{}
  GET POST /v1/event-types
  GET PATCH DELETE /v1/event-types/{}
  POST /v1/event-types/{}/simulate
  GET POST /v1/applications
  GET PATCH DELETE /v1/applications/{}
  GET POST /v1/credentials
  GET PATCH DELETE /v1/credentials/{}
  POST /v1/credentials/{}/test
  GET /v1/credentials/{}/health
  GET POST /v1/callbacks
  GET PATCH DELETE /v1/callbacks/{}
  POST /v1/callbacks/{}/rotate-secret
  POST /v1/callbacks/{}/test
  GET /v1/callbacks/{}/subscriptions
  POST /v1/callbacks/{}/recover
  GET POST /v1/subscriptions
  GET PATCH DELETE /v1/subscriptions/{}
  POST /v1/subscriptions/{}/{}
  GET POST /v1/events
  GET /v1/events/{}
  GET /v1/events/{}/payload
  GET /v1/deliveries
  GET /v1/deliveries/{}
  POST /v1/deliveries/{}/resend
  GET /v1/attempts
  GET /v1/attempts/{}
  POST /v1/replays
  GET /v1/operations/{}
  GET /v1/audit
  GET /v1/openapi.json`;

it('publishes one description of every call, whichever service answers it', async () => {
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
