import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { docs } from '../docs/docs.js';
import { assets, portal } from './assets.js';
import { logo } from './logo.js';

let dir: string;
let gateway: FastifyInstance;

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'console-')), 'dist');
  gateway = fastify();
  await gateway.register(assets(dir));
  await gateway.register(portal(dir, ['https://acme.example']));
  await gateway.register(docs(dir));
  await gateway.register(logo(dir));
});
afterEach(async () => {
  await gateway.close();
  await rm(join(dir, '..'), { recursive: true });
});

/** Builds as Vite does: the folder is emptied first, and assets get new names. */
async function build(version: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(join(dir, 'assets'), { recursive: true });
  await mkdir(join(dir, 'docs'));
  const files = { 'index.html': `console ${version}`, 'portal.html': `portal ${version}`, 'embed.js': `embed ${version}`, [`assets/index-${version}.js`]: `asset ${version}`, 'docs/index.html': `docs ${version}` };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(dir, name), text)));
}

const ask = async (url: string) => {
  const { statusCode, body } = await gateway.inject({ url, headers: { accept: 'text/html' } });
  return [statusCode, body];
};
const everything = (version: string) => Promise.all(['/console/', '/console/deliveries/dlv_1', '/portal/', '/portal/embed.js', `/console/assets/index-${version}.js`, '/docs/'].map(ask));
const all = (version: string) => [`console ${version}`, `console ${version}`, `portal ${version}`, `embed ${version}`, `asset ${version}`, `docs ${version}`].map((body) => [200, body]);

it('serves a console that is built after the start, and built again, without a restart', async () => {
  for (const [status] of await everything('1')) expect(status).toBe(404);
  expect((await gateway.inject({ url: '/console/', headers: { accept: 'text/html' } })).json()).toMatchObject({ code: 'not-found', detail: expect.stringContaining('not built') });
  await build('1');
  expect(await everything('1')).toEqual(all('1'));
  await build('2');
  expect(await everything('2')).toEqual(all('2'));
  expect(await ask('/console/assets/index-1.js')).toEqual([404, expect.anything()]);
});

it('serves the logo of the operator, and without one its own, where no script in it can run', async () => {
  await build('1');
  await writeFile(join(dir, 'assets/icon.svg'), '<svg/>');
  await writeFile(join(dir, 'acme.PNG'), 'a picture');
  const other = fastify();
  await other.register(logo(dir, join(dir, 'acme.PNG')));
  for (const [of, type, body] of [[gateway, 'image/svg+xml', '<svg/>'], [other, 'image/png', 'a picture']] as const) {
    const answer = await of.inject({ url: '/portal/logo' });
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([200, type, body]);
    expect(answer.headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
  }
  await other.close();
});
