import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ConfigView } from '@nuncio/kafka';
import { AuthGuard, hideMetrics, KeyOwners, PRINCIPALS, sendProblem, type Principals } from '@nuncio/service';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.js';
import { assets, portal } from './console/assets.js';
import { cookieToAuthorization } from './console/cookie-to-authorization.js';
import { logo } from './console/logo.js';
import { docs } from './docs/docs.js';
import { handOn } from './listeners/hand-on.js';
import { inbox, isInbox } from './listeners/inbox.js';
import { Listeners } from './listeners/listeners.js';
import { Door } from './proxy/door.js';
import { proxy } from './proxy/proxy.js';
import { Strangers } from './strangers.js';

export const CONFIG = Symbol('Config');

/**
 * Makes the application's HTTP server the public origin: bodies stay bytes, metrics are not exposed, unknown keys are rate-limited, and other
 * services' routes are proxied.
 */
@Injectable()
export class Origin implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(ConfigView) private readonly view: ConfigView,
    @Inject(PRINCIPALS) private readonly principals: Principals,
    @Inject(KeyOwners) private readonly owners: KeyOwners,
    @Inject(Listeners) private readonly listeners: Listeners,
    private readonly guard: AuthGuard,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    hideMetrics(fastify);
    const { SESSION_KEYS, CONSOLE_DIR, PORTAL_ORIGINS, PORTAL_LOGO_FILE } = this.config;
    if (SESSION_KEYS) fastify.addHook('onRequest', cookieToAuthorization(SESSION_KEYS));
    const strangers = new Strangers(this.config, this.owners, this.principals);
    fastify.addHook('onRequest', async (request, reply) => {
      if (isInbox(request.url)) return;
      const refusal = await strangers.refusal(request.headers.authorization, request.ip);
      if (refusal) return sendProblem(reply, refusal);
    });
    fastify.addHook('preHandler', handOn(this.listeners.ids));
    void fastify.register(inbox(this.listeners));
    if (CONSOLE_DIR) void fastify.register(docs(CONSOLE_DIR));
    if (CONSOLE_DIR && SESSION_KEYS) void fastify.register(assets(CONSOLE_DIR));
    if (CONSOLE_DIR && PORTAL_ORIGINS) {
      void fastify.register(portal(CONSOLE_DIR, PORTAL_ORIGINS));
      void fastify.register(logo(CONSOLE_DIR, PORTAL_LOGO_FILE));
    }
    // Not awaited: that would fix the routes' error handler before Nest has set it.
    void fastify.register(proxy({ 'config-service': this.config.CONFIG_SERVICE_URL, 'attempt-log': this.config.ATTEMPT_LOG_URL }, this.view, new Door(this.guard, this.config.RATE_LIMIT_PER_SECOND)));
  }
}
