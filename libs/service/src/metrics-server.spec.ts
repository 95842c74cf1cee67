import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import fastify from 'fastify';
import { hideMetrics, serveMetrics } from './metrics-server.js';

it('hides metrics from callers of the API', async () => {
  const server = fastify();
  hideMetrics(server);
  server.get('/metrics', () => 'secret').get('/health', () => 'live');
  expect(await server.inject('/metrics')).toMatchObject({ statusCode: 404 });
  expect(await server.inject('/health')).toMatchObject({ statusCode: 200 });
});

it('serves only metrics, on an address of their own', async () => {
  const server = await serveMetrics(0, '127.0.0.1');
  const { port } = server.address() as AddressInfo;
  expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(404);
  await expect(serveMetrics(port, '127.0.0.1')).rejects.toThrow('EADDRINUSE');
  server.close();
  server.closeAllConnections();
});
