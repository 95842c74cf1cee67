import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const TYPES: Readonly<Record<string, string>> = { '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.webp': 'image/webp' };

/** Whether a file's name is that of a picture which browsers show. */
export const isPicture = (file: string): boolean => extname(file).toLowerCase() in TYPES;

/** An SVG can have scripts, which would run here if somebody opened it as a page. */
const HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'public, max-age=300',
};

/** Serves the picture at the top of a portal that is opened by a link: the operator's, or Nuncio's, which is in the folder of the console. */
export const logo =
  (dir: string, file: string = join(dir, 'assets/icon.svg')) =>
  (fastify: FastifyInstance, _options: object, done: () => void): void => {
    fastify.get('/portal/logo', async (_request, reply) => reply.headers(HEADERS).type(TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream').send(await readFile(file)));
    done();
  };
