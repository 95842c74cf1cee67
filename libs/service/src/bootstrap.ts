import 'reflect-metadata';
import { Logger, type DynamicModule, type LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Service } from '@nuncio/contracts';
import { BatchProducer, checkTopics, createKafka, kafkaFor, type KafkaSettings, topicsOf, type Wait, waitForKafka, waitForServer } from '@nuncio/kafka';
import type { CustomStrategy, CustomTransportStrategy } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { startTracing, type Spans } from '@nuncio/tracing';
import { collectDefaultMetrics } from 'prom-client';
import type { z } from 'zod';
import { endOnFault } from './end-on-fault.js';
import { certificateFiles, measureCertificates } from './certificate-metrics.js';
import { FrontDoor } from './front-door.js';
import { HealthController, READINESS, type Readiness } from './health.controller.js';
import { Heart, VITALS, type Vitals } from './heart.js';
import { requestIdOf } from './http/request-id.js';
import { speakHttp } from './http/speak-http.js';
import { measureRequests, tellBuild } from './http-metrics.js';
import { acceptJsonAlone } from './json-body.js';
import { headOf, JsonLogger } from './json-logger.js';
import { LeftGarbage } from './left-garbage.js';
import { loadConfig, type ServiceEnv } from './load-config.js';
import { hideMetrics, serveMetrics } from './metrics-server.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { measureExpiredRecords } from './expired-records-metrics.js';
import { measureLostOffsets } from './lost-offsets-metrics.js';
import { measureKafkaFaults } from './kafka-fault-metrics.js';
import { measureNewerRecords } from './newer-metrics.js';
import { measureProduces } from './produce-metrics.js';
import { measureThrottles } from './throttle-metrics.js';
import { misspeltSettings } from './setting-names.js';
import { UsedKeys } from './used-keys.js';
import { onUnreadableRequest } from './unreadable-request.js';

/** Every look wakes the process: prom-client's 10 ms cost an idle one a quarter of its CPU. */
const LOOK_AT_LOOP_EVERY_MS = 100;
const BODY_LIMIT_BYTES = 1_048_576;
const LONGEST_PATH_PART = 512;
/** How long the headers and the body of a request may take to arrive. */
const REQUEST_WITHIN_MS = 30_000;
/** How long nothing may move on a connection: its reader takes nothing of the answer. No answer takes as long to begin (60 s), and streams send something every 15 s. */
const STANDS_STILL_FOR_MS = 75_000;
const TIMES = { requestTimeout: REQUEST_WITHIN_MS, headersTimeout: REQUEST_WITHIN_MS, connectionsCheckingInterval: 5_000 };
/** If servers are away, flushing and leaving groups would never end. */
const STOP_WITHIN_MS = 10_000;
const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'];

/** A server without which a service cannot start. */
interface Need {
  /** What it is, and where, in a few words. */
  readonly server: string;
  /** Rejects while it is not there, or not as the service needs it. Resolves with the faults of its settings that a service can live with, one sentence each. */
  readonly reach: () => Promise<readonly string[]>;
}

interface ServiceDefinition<S extends z.ZodType<ServiceEnv>> {
  readonly name: Service;
  /** The app's environment: `ServiceEnv.extend({…})`. */
  readonly config: S;
  /** What the service waits for before it starts, in order, besides Kafka. It waits without an end. */
  readonly needs?: (config: z.output<S>) => readonly Need[];
  /** `spans`: absent if nothing is traced. */
  readonly module: (config: z.output<S>, spans?: Spans) => DynamicModule;
  /** The Kafka groups that it serves. They start when everything else is up, and are drained first. */
  readonly microservices?: (app: NestFastifyApplication, config: z.output<S>) => CustomTransportStrategy[];
}

/**
 * Starts a service: settings, its port, what it needs, application, Kafka, HTTP. Tells the parent process when it is ready. Drains and exits with
 * status 0 on SIGTERM. As soon as it listens on its port it is alive, and says what it waits for.
 */
export async function bootstrap<S extends z.ZodType<ServiceEnv>>(service: ServiceDefinition<S>): Promise<void> {
  const logger = new JsonLogger(headOf(service.name), LEVELS);
  Logger.overrideLogger(logger);
  const config = await loadConfig(service.config, (faults) => { new Logger('Settings').fatal(`the settings are not complete: ${faults.join('; ')}`); });
  logger.setLogLevels(LEVELS.slice(0, LEVELS.indexOf(config.LOG_LEVEL) + 1));
  endOnFault();
  for (const sentence of misspeltSettings(process.env)) new Logger('Settings').warn(sentence);
  collectDefaultMetrics({ eventLoopMonitoringPrecision: LOOK_AT_LOOP_EVERY_MS });
  tellBuild(service.name);
  measureProduces();
  measureNewerRecords();
  measureLostOffsets();
  measureExpiredRecords();
  measureKafkaFaults();
  measureThrottles();
  measureCertificates(certificateFiles(Object.keys(config), process.env));
  const tracing = await startTracing(headOf(service.name), config, (text) => { new Logger('Tracing').warn(`spans are not being delivered: ${text}`); });
  const stopping = stopOnSignal();
  const door = new FrontDoor(TIMES);
  const adapter = httpAdapter(door);
  const port = await door.listen(config.PORT, config.HOST);
  await waitForNeeds(kafkaFor(config, service.name), service.needs?.(config) ?? []);
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
  // Views and connections must exist before the first record is handled.
  await app.init();
  await app.startAllMicroservices();
  if (config.METRICS_PORT !== undefined) await serveMetrics(config.METRICS_PORT, config.METRICS_HOST);
  await adapter.getInstance().ready();
  door.open();
  new Logger('Service').log(`ready on port ${port}`);
  process.send?.({ ready: true, port });
  app.get(Heart).start(port);
  new LeftGarbage().watch();
  void warnOfTopics(service.name, config);
}

/** The HTTP settings of every service, before it has routes. `door`: the server that lets requests in; without one it listens by itself. */
export function httpAdapter(door?: FrontDoor, standsStillForMs = STANDS_STILL_FOR_MS): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    connectionTimeout: standsStillForMs,
    requestTimeout: REQUEST_WITHIN_MS,
    http: TIMES,
    ...(door && { serverFactory: door.leadTo }),
    genReqId: requestIdOf,
    routerOptions: { maxParamLength: LONGEST_PATH_PART },
    ...onUnreadableRequest,
  });
  acceptJsonAlone(adapter.getInstance());
  speakHttp(adapter.getInstance(), LONGEST_PATH_PART);
  if (door) adapter.getInstance().addHook('preClose', () => door.close());
  return adapter;
}

/** Waits through any error of the servers, a refused password too: their operator may mend it meanwhile. */
async function waitForNeeds(kafka: KafkaSettings, needs: readonly Need[]): Promise<void> {
  const logger = new Logger('Service');
  const wait: Wait = { forMs: Infinity, isAway: () => true, say: (line) => { logger.warn(line); } };
  await waitForKafka(kafka, wait);
  for (const { server, reach } of needs) for (const fault of await waitForServer(server, reach, wait)) logger.warn(`${server}: ${fault}`);
}

/** Runs beside the start: if the cluster cannot be asked, the service starts all the same. */
async function warnOfTopics(service: Service, config: ServiceEnv): Promise<void> {
  const logger = new Logger('Topics');
  try {
    for (const fault of await checkTopics(createKafka(kafkaFor(config, service)), config.TOPIC_PREFIX, topicsOf(service))) logger.warn(fault);
  } catch (error) {
    logger.warn(`cannot check the settings of the topics: ${String(error)}`);
  }
}

/** Stops once, on whichever comes first: SIGTERM, SIGINT, or the end of the parent process, even during the start. */
function stopOnSignal(): { close: () => Promise<void> } {
  const stopping = { close: (): Promise<void> => Promise.resolve() };
  let begun = false;
  const stop = (): void => {
    if (begun) return;
    begun = true;
    setTimeout(() => {
      new Logger('Service').error(`did not stop within ${STOP_WITHIN_MS} ms; another process will do the rest`);
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

/** The controllers and providers that every service has. */
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
