import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it } from '@jest/globals';
import { openApiParts } from './openapi-parts.js';

const servers: Server[] = [];
let asked = 0;
let status = 200;

async function service(name: string): Promise<string> {
  const server = createServer((request, response) => {
    asked++;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ of: name, url: request.url }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterAll(() => {
  for (const server of servers) server.close();
});

it('asks every service once, and again if one did not answer', async () => {
  const parts = openApiParts([await service('config'), await service('log')]);
  status = 500;
  await expect(parts()).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
  status = 200;
  asked = 0;
  const [one, two] = await Promise.all([parts(), parts()]);
  expect(one).toEqual([
    { of: 'config', url: '/v1/openapi.json' },
    { of: 'log', url: '/v1/openapi.json' },
  ]);
  expect([two, asked]).toEqual([one, 2]);
});
