import { join } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/**
 * Redoc adds its styles by script to an empty `<style>`, whose hash is the first one. The second is that of the only text it writes into a `<style>`.
 */
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

/** `/docs/`: shows `/v1/openapi.json` to people; public like that file. It is built with the console, but served even without one. */
export const docs =
  (consoleDir: string) =>
  async (fastify: FastifyInstance): Promise<void> => {
    fastify.addHook('onSend', (_request, reply, _payload, done) => {
      void reply.headers(HEADERS);
      done();
    });
    await fastify.register(staticFiles, {
      root: join(consoleDir, 'docs'),
      prefix: '/docs/',
      decorateReply: false,
      cacheControl: false,
      preCompressed: true,
      allowedPath: (path) => !/\.(?:br|gz)$/.test(path),
    });
    fastify.get('/docs', (_request, reply) => reply.redirect('/docs/'));
  };
