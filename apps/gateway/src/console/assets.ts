import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import staticFiles from '@fastify/static';
import { Fault } from '@nuncio/contracts';
import { sendProblem } from '@nuncio/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const policy = (ancestors: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${ancestors.join(' ')}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');

const CONSOLE_HEADERS = {
  'content-security-policy': policy(["'none'"]),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
/** The headers of files that pages of other origins may load, or show in a frame. */
const SHARED_HEADERS = { 'cross-origin-resource-policy': 'cross-origin', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };

/**
 * Serves the console built into `dir` under `/console/`: its files, which never change under their names, and one page for every other path. Files are
 * read when they are asked for, so a console that is built later, or again, is served without a restart.
 */
export const assets =
  (dir: string) =>
  async (fastify: FastifyInstance): Promise<void> => {
    sendWith(fastify, CONSOLE_HEADERS);
    await fastify.register(staticFiles, {
      root: join(dir, 'assets'),
      prefix: '/console/assets/',
      index: false,
      decorateReply: false,
      immutable: true,
      maxAge: '365d',
      preCompressed: true,
      allowedPath: (path) => !/\.(?:map|br|gz)$/.test(path),
    });
    servePage(fastify, '/console', join(dir, 'index.html'));
  };

/**
 * Serves the portal under `/portal/`: a page that these origins may show in a frame, and the module with which their pages do so. It uses the
 * console's other files.
 */
export const portal =
  (dir: string, origins: readonly string[]) =>
  (fastify: FastifyInstance, _options: object, done: () => void): void => {
    sendWith(fastify, { ...SHARED_HEADERS, 'content-security-policy': policy(origins) });
    fastify.get('/portal/embed.js', async (_request, reply) => {
      const embed = await built(join(dir, 'embed.js'));
      if (!embed) return sendProblem(reply, NOT_BUILT);
      return reply.type('text/javascript; charset=utf-8').headers({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=300' }).send(embed);
    });
    servePage(fastify, '/portal', join(dir, 'portal.html'));
    done();
  };

/** A hook of this plugin's scope, so that no other route gets these headers. */
function sendWith(fastify: FastifyInstance, headers: Readonly<Record<string, string>>): void {
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    void reply.headers(headers);
    done();
  });
}

function servePage(fastify: FastifyInstance, at: string, file: string): void {
  const show = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    // A path may end like a file's name without being one: `invoice.paid`.
    if (!request.headers.accept?.includes('text/html')) return sendProblem(reply, new Fault('not-found', 'There is nothing here.'));
    const page = await built(file);
    if (!page) return sendProblem(reply, NOT_BUILT);
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page);
  };
  fastify.get(at, (_request, reply) => reply.redirect(`${at}/`));
  fastify.get(`${at}/*`, show);
}

const NOT_BUILT = new Fault('not-found', 'The console is not built, or is being built now. `npm run build` builds it.');

/** The content of a file of the build; null = there is no such file now. */
async function built(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
