import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import staticFiles from '@fastify/static';
import { Fault } from '@nuncio/contracts';
import { sendProblem } from '@nuncio/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Whether there is a console in this directory. */
export const hasConsole = (dir: string): boolean => existsSync(join(dir, 'index.html'));

/** The console that was built into `dir`, under `/console/`: its files, which never change under their names, and its one page for every other path. */
export const assets =
  (dir: string) =>
  async (fastify: FastifyInstance): Promise<void> => {
    const page = readFileSync(join(dir, 'index.html'));
    // Here, so that they are on nothing else.
    fastify.addHook('onSend', (_request, reply, _payload, done) => {
      void reply.headers(HEADERS);
      done();
    });
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
    const show = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
      const isPage = request.headers.accept?.includes('text/html') && !/\.\w+$/.test(request.url.split('?', 1)[0] ?? '');
      if (!isPage) return sendProblem(reply, new Fault('not-found', 'There is nothing here.'));
      return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page);
    };
    fastify.get('/console', (_request, reply) => reply.redirect('/console/'));
    fastify.get('/console/*', show);
  };
