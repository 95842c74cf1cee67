import 'reflect-metadata';
import { Logger, type DynamicModule, type LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Service } from '@nuncio/contracts';
import { BatchProducer, checkTopics, createKafka, kafkaFor, topicsOf } from '@nuncio/kafka';
import type { CustomStrategy, CustomTransportStrategy } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { startTracing, type Spans } from '@nuncio/tracing';
import { collectDefaultMetrics } from 'prom-client';
import type { z } from 'zod';
import { HealthController, READINESS, type Readiness } from './health.controller.js';
import { Heart, VITALS, type Vitals } from './heart.js';
import { requestIdOf } from './http/request-id.js';
import { speakHttp } from './http/speak-http.js';
import { measureRequests, tellBuild } from './http-metrics.js';
import { acceptJsonAlone } from './json-body.js';
import { headOf, JsonLogger } from './json-logger.js';
import { loadConfig, type ServiceEnv } from './load-config.js';
import { hideMetrics, serveMetrics } from './metrics-server.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { measureNewerRecords } from './newer-metrics.js';
import { measureProduces } from './produce-metrics.js';
import { UsedKeys } from './used-keys.js';
import { onUnreadableRequest } from './unreadable-request.js';

const BODY_LIMIT_BYTES = 1_048_576;
const LONGEST_PATH_PART = 512;
/** For the headers and the body of a request to arrive. */
const REQUEST_WITHIN_MS = 30_000;
const LOOK_FOR_SLOW_ONES_EVERY_MS = 5_000;
/** A connection on which nothing moves is closed: its reader takes nothing of the answer. No answer takes as long to begin (60 s), and streams say something every 15 s. */
const STANDS_STILL_FOR_MS = 75_000;
/** With servers away there is no end to flushing and leaving. */
const STOP_WITHIN_MS = 10_000;
const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'];

export interface ServiceDefinition<S extends z.ZodType<ServiceEnv>> {
  readonly name: Service;
  /** The app's environment: `ServiceEnv.extend({…})`. */
  readonly config: S;
  /** `spans`: absent where nothing is traced. */
  readonly module: (config: z.output<S>, spans?: Spans) => DynamicModule;
  /** The Kafka groups it serves; they start when everything else is up, and are drained first. */
  readonly microservices?: (app: NestFastifyApplication, config: z.output<S>) => CustomTransportStrategy[];
}

/** Starts a service: settings, application, Kafka, HTTP; tells a parent process when it is ready; drains and exits with 0 on SIGTERM. */
export async function bootstrap<S extends z.ZodType<ServiceEnv>>(service: ServiceDefinition<S>): Promise<void> {
  const config = await loadConfig(service.config);
  const levels = LEVELS.slice(0, LEVELS.indexOf(config.LOG_LEVEL) + 1);
  const logger = new JsonLogger(headOf(service.name), levels);
  collectDefaultMetrics();
  tellBuild(service.name);
  measureProduces();
  measureNewerRecords();
  const tracing = await startTracing(headOf(service.name), config, (text) => { new Logger('Tracing').warn(`spans are not delivered: ${text}`); });
  const stopping = stopOnSignal();
  const adapter = httpAdapter();
  if (config.METRICS_PORT !== undefined) hideMetrics(adapter.getInstance());
  measureRequests(adapter.getInstance());
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- a literal is what Nest documents; its type is declared as a class
  const app = await NestFactory.create<NestFastifyApplication>(withOwnParts(service.name, service.module(config, tracing?.spans)), adapter, { logger, bodyParser: false });
  stopping.close = async () => {
    await app.close();
    await tracing?.stop();
  };
  app.useGlobalFilters(new ProblemFilter());
  for (const strategy of service.microservices?.(app, config) ?? []) app.connectMicroservice<CustomStrategy>({ strategy }, { inheritAppConfig: true });
  // What the handlers need (views, connections) is there before the first record is.
  await app.init();
  await app.startAllMicroservices();
  if (config.METRICS_PORT !== undefined) await serveMetrics(config.METRICS_PORT, config.METRICS_HOST);
  await app.listen(config.PORT, config.HOST);
  const port = Number(new URL(await app.getUrl()).port);
  new Logger('Service').log(`ready on port ${port}`);
  process.send?.({ ready: true, port });
  app.get(Heart).start(port);
  void warnOfTopics(service.name, config);
}

/** How every service speaks HTTP, before it has routes. */
export function httpAdapter(standsStillForMs = STANDS_STILL_FOR_MS): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    connectionTimeout: standsStillForMs,
    requestTimeout: REQUEST_WITHIN_MS,
    http: { headersTimeout: REQUEST_WITHIN_MS, connectionsCheckingInterval: LOOK_FOR_SLOW_ONES_EVERY_MS },
    genReqId: requestIdOf,
    routerOptions: { maxParamLength: LONGEST_PATH_PART },
    ...onUnreadableRequest,
  });
  acceptJsonAlone(adapter.getInstance());
  speakHttp(adapter.getInstance(), LONGEST_PATH_PART);
  return adapter;
}

/** Beside the work: a cluster that cannot be asked stops nobody. */
async function warnOfTopics(service: Service, config: ServiceEnv): Promise<void> {
  const logger = new Logger('Topics');
  try {
    for (const fault of await checkTopics(createKafka(kafkaFor(config, service)), config.TOPIC_PREFIX, topicsOf(service))) logger.warn(fault);
  } catch (error) {
    logger.warn(`how the topics are kept could not be looked at: ${String(error)}`);
  }
}

/** Once, whatever comes first: SIGTERM, SIGINT, or the end of the parent process that started us, be it while we start. */
function stopOnSignal(): { close: () => Promise<void> } {
  const stopping = { close: (): Promise<void> => Promise.resolve() };
  let begun = false;
  const stop = (): void => {
    if (begun) return;
    begun = true;
    setTimeout(() => {
      new Logger('Service').error(`did not stop within ${STOP_WITHIN_MS} ms: what is left is the next owner's`);
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    stopping.close().then(
      () => process.exit(0),
      (error: unknown) => {
        new Logger('Service').error(`did not stop cleanly: ${String(error)}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (process.send) process.on('disconnect', stop);
  return stopping;
}

/** What every service answers, and tells. */
const withOwnParts = (service: Service, module: DynamicModule): DynamicModule => ({
  ...module,
  controllers: [...(module.controllers ?? []), HealthController, OpenApiController],
  providers: [
    ...(module.providers ?? []),
    {
      provide: Heart,
      useFactory: (producer: BatchProducer, readiness?: Readiness, vitals?: Vitals, usedKeys?: UsedKeys) => new Heart(service, { producer, readiness, vitals, usedKeys }),
      inject: [BatchProducer, { token: READINESS, optional: true }, { token: VITALS, optional: true }, { token: UsedKeys, optional: true }],
    },
  ],
});
