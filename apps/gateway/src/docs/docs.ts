import { existsSync } from 'node:fs';
import { join } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Redoc's styles are rules that a script adds to an empty `<style>`, of which this is the hash; the other one is of the only text that it writes into one. */
const STYLES = ["'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='", "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"];

const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' ${STYLES.join(' ')}`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default dompurify',
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const partOf = (consoleDir: string): string => join(consoleDir, 'docs');

/** Whether the page was built. */
export const hasDocs = (consoleDir: string): boolean => existsSync(join(partOf(consoleDir), 'index.html'));

/** `/docs/`: `/v1/openapi.json` for people, for anybody, as that is. It is built beside the console, and shown where there is none, too. */
export const docs =
  (consoleDir: string) =>
  async (fastify: FastifyInstance): Promise<void> => {
    fastify.addHook('onSend', (_request, reply, _payload, done) => {
      void reply.headers(HEADERS);
      done();
    });
    await fastify.register(staticFiles, {
      root: partOf(consoleDir),
      prefix: '/docs/',
      decorateReply: false,
      cacheControl: false,
      preCompressed: true,
      allowedPath: (path) => !/\.(?:br|gz)$/.test(path),
    });
    fastify.get('/docs', (_request, reply) => reply.redirect('/docs/'));
  };
