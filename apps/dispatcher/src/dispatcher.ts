import { Logger } from '@nestjs/common';
import { attempts, events, PUBLISHER_HEADER, tiers, type AggregateRecord, type DispatcherGauges } from '@nuncio/contracts';
import { descriptorsWithin, Egress, egressOptions, openFilesLimit } from '@nuncio/egress';
import { BatchProducer, ConfigView, createKafka, kafkaFaults, kafkaFor, KafkaServer, READ_AHEAD, type KafkaSettings, type Partition } from '@nuncio/kafka';
import { WideLog, type Vitals } from '@nuncio/service';
import { connectRedis, openToken, TokenReader } from '@nuncio/token-store';
import type { Spans } from '@nuncio/tracing';
import type { DispatcherEnv } from './config.js';
import { Bulkhead } from './lanes/bulkhead.js';
import type { Delivery } from './delivery/delivery.js';
import { Fence } from './delivery/fence.js';
import { loopClock } from './lanes/loop-clock.js';
import { LeasedPlaces, type OwnedPartitions } from './lanes/leased-places.js';
import { Pipeline } from './delivery/pipeline.js';
import { PlaceLeases } from './lanes/place-leases.js';
import { RateLeases } from './lanes/rate-leases.js';
import { LeasedRate } from './lanes/leased-rate.js';
import { Recorder } from './delivery/recorder.js';
import { traceForReceivers } from './attempt/trace-for-receivers.js';
import { Duplicates } from './intake/duplicates.js';
import { Errands } from './intake/errands.js';
import { quarantineBatch } from './intake/quarantine.js';
import { DELAY, WORK } from './intake/transports.js';
import { DELIVERIES_A_TURN } from './intake/turn.js';
import { gauge } from './metrics.js';
import { Endpoints } from './routing/endpoint.js';
import { RoutingTable } from './routing/routing-table.js';
import { deliveryIdentity } from './tokens/delivery-identity.js';
import { FleetBrake } from './tokens/fleet-brake.js';
import { TokenClient } from './tokens/token-client.js';

/** A tenant's events wait for one another: those that it published itself, or those that name it. */
const FLOW_HEADERS = [PUBLISHER_HEADER, 'ce_tenant'];
/** The bytes of payloads that may wait in lanes, for each consumer group. */
const QUEUED_BYTES = 32 * 1_024 * 1_024;
const OWNED_KNOWN_FOR_MS = 50;
/** Lanes in a pulse; each takes some 80 bytes. */
const LANES_TOLD = 100;

/** All parts of a dispatcher, wired in one place. It uses only the logger of Nest. */
export class Dispatcher implements Vitals {
  readonly #settings: KafkaSettings;
  readonly #egress: Egress;
  readonly #redis;
  readonly #work: KafkaServer;
  readonly #delay: KafkaServer;
  readonly producer: BatchProducer;
  readonly view: ConfigView;
  readonly endpoints: Endpoints;
  readonly routing = new RoutingTable();
  readonly bulkhead: Bulkhead;
  readonly duplicates: Duplicates;
  readonly duplicateWindowSeconds: number;
  readonly deliver;
  readonly recorder: Recorder;
  readonly errands: Errands;
  readonly workFence: Fence;
  readonly delayFence: Fence;
  readonly now = Date.now;
  #owned: OwnedPartitions & { until: number } = { owned: [], count: 1, until: 0 };

  /** `spans`: absent if nothing is traced. */
  constructor(env: DispatcherEnv, readonly spans?: Spans) {
    const { TOPIC_PREFIX: topicPrefix } = env;
    this.#settings = kafkaFor(env, 'dispatcher');
    this.#egress = new Egress(egressOptions(env));
    this.#redis = connectRedis(env);
    this.producer = new BatchProducer(createKafka(this.#settings), topicPrefix, { lingerMs: env.PRODUCER_LINGER_MS });
    this.view = new ConfigView(this.#settings, ['callback', 'subscription', 'event-type', 'tenant', 'credential']);
    this.view.onChange((record) => {
      this.#onChange(record);
    });
    this.endpoints = new Endpoints(env.SIGNING_KEYS);
    this.duplicates = new Duplicates(this.#redis, topicPrefix);
    this.duplicateWindowSeconds = env.DUPLICATE_WINDOW_SECONDS;
    const elapsed = (): number => performance.now();
    const reader = new TokenReader(this.#redis, topicPrefix);
    const brake = new FleetBrake({ redis: this.#redis, prefix: topicPrefix, now: elapsed });
    const tokens = new TokenClient({
      readMany: (credentials) => reader.readMany(credentials),
      unseal: ({ state }, entry) => openToken(env.TOKEN_KEYS, entry, state),
      identify: (credential) => deliveryIdentity(env.SIGNING_KEYS, credential.state),
      credential: (id) => this.view.get('credential', id),
      position: () => this.view.position,
      brake: (...asked) => brake.take(...asked),
      producer: this.producer,
      now: this.now,
      elapsed,
    });
    const ownedPartitions = (): OwnedPartitions => this.#ownedPartitions();
    const share = (): number => this.#work.share;
    const rates = new RateLeases({ redis: this.#redis, prefix: topicPrefix, share, now: elapsed });
    const places = new PlaceLeases({ redis: this.#redis, prefix: topicPrefix, now: elapsed });
    this.bulkhead = new Bulkhead(
      {
        rate: (callback, perSecond, wake) => new LeasedRate(perSecond, { lease: (...asked) => rates.lease(callback, ...asked), now: elapsed, wake }),
        concurrency: (callback, demand, wake) => new LeasedPlaces(callback, { demand, ownedPartitions, lease: (...asked) => places.lease(callback, ...asked), wake }),
        share,
      },
      { now: elapsed, patience: loopClock() },
      { inFlight: inFlightOf(env.MAX_IN_FLIGHT), queued: { deliveries: READ_AHEAD.pieces, bytes: QUEUED_BYTES } },
    );
    this.deliver = { tokens, egress: this.#egress, now: this.now, traceFor: traceForReceivers(env.TRACE_CONTEXT_TO_RECEIVERS) };
    this.recorder = new Recorder(this.producer, this.now);
    const log = new WideLog({ service: 'dispatcher', context: 'Attempt' }, env.LOG_LEVEL);
    const isCurrent = (delivery: Delivery): boolean => this.#isCurrent(delivery);
    const pipeline = new Pipeline({ ...this.deliver, bulkhead: this.bulkhead, recorder: this.recorder, log, random: Math.random, isCurrent, spans });
    this.errands = new Errands(this, pipeline, this.recorder);
    this.workFence = new Fence(() => this.#work.memberUntil);
    this.delayFence = new Fence(() => this.#delay.memberUntil);
    this.#work = this.#server(WORK, 'dispatcher', this.workFence);
    this.#delay = this.#server(DELAY, 'delay', this.delayFence, delayOf);
    this.#observe();
  }

  /** The consumer groups, which are started when the configuration is loaded. */
  get servers(): KafkaServer[] {
    return [this.#work, this.#delay];
  }

  async start(): Promise<void> {
    await Promise.all([this.producer.connect(), this.view.start()]);
  }

  /** Called after the groups have drained and left. */
  async stop(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.view.stop(), this.#egress.close()]);
    this.#redis.disconnect();
  }

  missing(): string[] {
    const faults = kafkaFaults();
    return this.servers.every((server) => server.isMember) ? faults : ['the consumer groups are not joined', ...faults];
  }

  /** What its pulse reports of its work. */
  vitals(): ReturnType<Vitals['vitals']> {
    const { lanes, leftOut } = this.bulkhead.busiest(LANES_TOLD);
    return { gauges: this.#gauges(), lanes, lanesLeftOut: leftOut };
  }

  #server(transportId: symbol, group: string, fence: Fence, delayMs?: (topic: string) => number): KafkaServer {
    return new KafkaServer({
      kafka: this.#settings,
      group,
      transportId,
      workTopic: attempts,
      flowHeaders: FLOW_HEADERS,
      maxBatch: DELIVERIES_A_TURN,
      ...(delayMs && { delayMs, now: () => this.producer.brokerNow }),
      putAway: (batch, lost) => quarantineBatch(this.producer, batch, lost),
      beforeRebalance: () => fence.close(),
      afterRebalance: () => {
        fence.open();
      },
      beforeGivingUp: () => fence.handOn(),
    });
  }

  /** It is called for every delivery, so it is computed only now and then. */
  #ownedPartitions(): OwnedPartitions {
    const now = performance.now();
    if (now < this.#owned.until) return this.#owned;
    const { owned, count } = this.#work.ownership(events.name);
    const { owned: before, count: countBefore } = this.#owned;
    const same = count === countBefore && owned.length === before.length && owned.every((id) => before.includes(id));
    this.#owned = same ? Object.assign(this.#owned, { until: now + OWNED_KNOWN_FOR_MS }) : { owned, count, until: now + OWNED_KNOWN_FOR_MS };
    return this.#owned;
  }

  #isCurrent({ subscription, endpoint, event }: Delivery): boolean {
    const { id, state } = subscription;
    if (this.view.get('subscription', id) !== subscription || this.view.get('callback', state.callback)?.position !== endpoint.position) return false;
    return this.routing.refusalSince(subscription, event) === null;
  }

  #onChange(record: AggregateRecord): void {
    this.routing.apply(record);
    if (record.state) return;
    if (record.kind === 'credential') this.deliver.tokens.forget(record.id);
    if (record.kind !== 'callback') return;
    this.endpoints.forget(record.id);
    this.bulkhead.forget(record.id);
  }

  #partitions(): Partition[] {
    return this.servers.flatMap(({ partitions }) => [...partitions]);
  }

  #gauges(): DispatcherGauges {
    const partitions = this.#partitions();
    const { inFlight, queued, held } = this.bulkhead;
    const oldestMs = Math.max(0, ...partitions.map((partition) => partition.oldestMs));
    return { inFlight, queued, held, oldestUnfinishedSeconds: oldestMs / 1_000, watermarkSpan: Math.max(0, ...partitions.map((partition) => partition.span)) };
  }

  #observe(): void {
    gauge('nuncio_in_flight', 'Requests in flight.', () => this.bulkhead.inFlight);
    gauge('nuncio_queued', 'Deliveries that wait until they may be sent.', () => this.bulkhead.queued);
    gauge('nuncio_held', 'Deliveries that this process has put on hold and that are still held.', () => this.bulkhead.held);
    gauge('nuncio_unfinished_records', 'Records that were read and are not finished.', () =>
      this.#partitions().reduce((sum, { unfinished }) => sum + unfinished, 0),
    );
    gauge('nuncio_watermark_span', 'The distance from the lowest unfinished offset to the last one read, in the worst partition.', () => this.#gauges().watermarkSpan);
    gauge(
      'nuncio_oldest_unfinished_seconds',
      'How long ago the oldest record that is not finished was read, or could have been read: a partition that stands grows older',
      () => this.#gauges().oldestUnfinishedSeconds,
    );
  }
}

const delays = new Map(tiers.map((tier) => [tier.topic.name, tier.delayMs]));
const delayOf = (topic: string): number => delays.get(topic) ?? 0;

/** A request without a socket would be an internal failure, also for tenants with few requests. */
function inFlightOf(wanted: number): number {
  const openFiles = openFilesLimit();
  const { inFlight } = descriptorsWithin(openFiles);
  if (inFlight >= wanted) return wanted;
  new Logger('Dispatcher').warn(`MAX_IN_FLIGHT is ${wanted}, but this process may open only ${openFiles} files and sockets (ulimit -n). It sends at most ${inFlight} requests at a time. Raise the limit of open files to send more.`);
  return inFlight;
}
