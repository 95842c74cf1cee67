import { createServer, type Server } from 'node:http';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Fault } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { sendProblem } from '@nuncio/service';
import type { FastifyInstance } from 'fastify';
import { register } from 'prom-client';
import type { Config } from './config.js';
import { assets, hasConsole } from './console/assets.js';
import { cookieToAuthorization } from './console/cookie-to-authorization.js';
import { proxy } from './proxy/proxy.js';

export const CONFIG = Symbol('Config');

/** Makes the application's HTTP server the public origin: bodies stay bytes, metrics stay inside, and what is another service's goes there. */
@Injectable()
export class Origin implements OnModuleInit, OnApplicationShutdown {
  #metrics: Server | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(ConfigView) private readonly view: ConfigView,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    fastify.addHook('onRequest', (request, reply, done) => {
      if (request.routeOptions.url === '/metrics') sendProblem(reply, new Fault('not-found', 'There is nothing here.'));
      else done();
    });
    const { SESSION_KEYS, CONSOLE_DIR } = this.config;
    if (SESSION_KEYS) fastify.addHook('onRequest', cookieToAuthorization(SESSION_KEYS));
    if (SESSION_KEYS && hasConsole(CONSOLE_DIR)) void fastify.register(assets(CONSOLE_DIR));
    // Not awaited: that would fix the routes' error handler before Nest has set it.
    void fastify.register(proxy({ 'config-service': this.config.CONFIG_SERVICE_URL, 'attempt-log': this.config.ATTEMPT_LOG_URL }, this.view));
    if (this.config.METRICS_PORT !== undefined) this.#metrics = serveMetrics(this.config.METRICS_PORT, this.config.METRICS_HOST);
  }

  onApplicationShutdown(): void {
    this.#metrics?.close();
  }
}

const serveMetrics = (port: number, host: string): Server =>
  createServer((request, response) => {
    if (request.url !== '/metrics') return response.writeHead(404).end();
    register.metrics().then(
      (text) => response.writeHead(200, { 'content-type': register.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  }).listen(port, host);
