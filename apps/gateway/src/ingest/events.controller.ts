import { Body, Controller, HttpCode, HttpStatus, Inject, Optional, Post, Req } from '@nestjs/common';
import { NO_QUOTAS, shareOf, type NuncioEvent, type Principal, type Quotas } from '@nuncio/contracts';
import { BatchProducer, ConfigView } from '@nuncio/kafka';
import { Answers, Caller, idempotencyKeyIn, Operation, RateLimit, Roles, Takes } from '@nuncio/service';
import { SPANS, type Spans } from '@nuncio/tracing';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { published } from '../metrics.js';
import { headersOf, readRequest } from './http-binding.js';
import { FanOut } from './fan-out.js';
import { admitAll, publish, publisherOf } from './publish.js';
import { PublishingQuotas } from './publishing-quotas.js';

const Accepted = z
  .object({
    id: z.string().describe("`evt_…`: the event's id in the log and at its receivers"),
    ceId: z.string().describe('Its CloudEvents id; generated if none was sent'),
  })
  .meta({ id: 'Accepted' });
type Accepted = z.infer<typeof Accepted>;

/** Structured mode (CloudEvents JSON format 1.0.2 §3). Extensions are further members. Everything but the type has a default. */
const CloudEvent = z
  .looseObject({
    specversion: z.literal('1.0').optional().describe('The version of CloudEvents'),
    id: z.string().optional().describe('Of two events with the same source and id, the second is dropped; default: the Idempotency-Key, or a new one').meta({ examples: ['order-4711'] }),
    source: z.string().optional().describe("The source of the event; default: the key's id").meta({ examples: ['/billing'] }),
    type: z.string().describe('The name of an event type').meta({ examples: ['invoice.paid'] }),
    tenant: z.string().optional().describe('The tenants of the event, by id, separated by commas; default: the tenant of the key').meta({ examples: ['acme'] }),
    time: z.iso.datetime({ offset: true }).optional().describe('When it happened'),
    datacontenttype: z.string().optional().describe('Media type of `data`; default: application/json'),
    data: z.unknown().optional().describe('The payload, kept byte for byte. If `datacontenttype` is not JSON, a string is the payload itself').meta({ examples: [{ invoice: 'in_4711', total: 1 }] }),
    data_base64: z.base64().optional().describe('The payload as base64, if it is no JSON'),
  })
  .meta({ id: 'CloudEvent' });

/** Binary mode (HTTP binding 1.0.2 §3.1): attributes are headers, an extension is `ce-` and its name, and the body is the payload. */
const BinaryMode = z.object(
  Object.fromEntries(
    Object.entries(CloudEvent.omit({ datacontenttype: true, data: true, data_base64: true }).shape).map(([name, attribute]) => [`ce-${name}`, attribute.optional().describe(`Binary mode: ${attribute.description ?? ''}`)]),
  ),
);
const Payload = z.unknown().describe('Binary mode: the payload').meta({ examples: [{ invoice: 'in_4711', total: 1 }] });
const Bytes = z.string().meta({ format: 'binary' });

@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(BatchProducer) private readonly producer: BatchProducer,
    @Inject(ConfigView) private readonly view: ConfigView,
    @Inject(RateLimit) private readonly rate: RateLimit,
    @Inject(FanOut) private readonly fanOut: FanOut,
    @Inject(PublishingQuotas) private readonly quotas: PublishingQuotas,
    @Optional() @Inject(SPANS) private readonly spans?: Spans | null,
  ) {}

  @Operation({
    id: 'publishEvents',
    summary: 'Publish an event, or a batch',
    description:
      'CloudEvents over HTTP. Binary mode: attributes in `ce-*` headers, of which `ce-type` is needed, and the payload, of any media type, as the body. Structured mode: `application/cloudevents+json`. A batch of at most 1,000: `application/cloudevents-batch+json`. 202 when Kafka has acknowledged all of it; the same event sent again is dropped.',
    headers: BinaryMode,
  })
  @Post()
  @Takes({ 'application/json': Payload, 'application/cloudevents+json': CloudEvent, 'application/cloudevents-batch+json': z.array(CloudEvent), 'application/octet-stream': Bytes, '*/*': Bytes })
  @Answers(z.union([Accepted, z.object({ items: z.array(Accepted).describe('In the order of the batch') }).meta({ id: 'AcceptedBatch' })]))
  @HttpCode(HttpStatus.ACCEPTED)
  @Roles('publisher', 'admin')
  async post(
    @Caller() caller: Principal,
    @Req() { raw }: FastifyRequest,
    @Body() body: Buffer | undefined,
  ): Promise<Accepted | { items: Accepted[] }> {
    const { batch, events: read } = readRequest(headersOf(raw), body ?? Buffer.alloc(0), publisherOf(caller, idempotencyKeyIn(raw)));
    // The guard has charged one.
    if (read.length > 1) this.rate.charge(shareOf(caller), performance.now(), read.length - 1);
    const events = await admitAll(read, caller, this.view);
    if (caller.tenant !== null) this.#charge(caller.tenant, events);
    await this.#publish(events);
    published.inc(events.length);
    const [first, ...more] = events.map(({ id, ceId }) => ({ id, ceId }));
    return first && !batch ? first : { items: first ? [first, ...more] : [] };
  }

  /** Counts against the tenant's quotas. A key with a tenant publishes for it alone, so only its own subscriptions count. */
  #charge(tenant: string, events: readonly NuncioEvent[]): void {
    let [bytes, deliveries] = [0, 0];
    for (const { type, payload } of events) {
      const known = this.view.get('event-type', type)?.state;
      bytes += payload.length;
      deliveries += known ? this.fanOut.of(tenant, known) : 0;
    }
    this.quotas.take(tenant, quotasOf(this.view, tenant), { events: events.length, bytes, deliveries }, Date.now());
  }

  /** Publishes with a span for each event, which ends once Kafka has all of them. */
  async #publish(events: readonly NuncioEvent[]): Promise<void> {
    const { spans } = this;
    if (!spans) return publish(this.producer, events);
    const attributes = { 'messaging.system': 'kafka', 'messaging.operation.type': 'send', 'messaging.destination.name': 'events', 'messaging.batch.message_count': events.length };
    const sent = events.map((event) => spans.begin('send events', event.traceparent, { kind: 'producer', at: Date.now(), attributes: { ...attributes, 'nuncio.event.id': event.id } }));
    await publish(this.producer, events.map((event, n) => ({ ...event, traceparent: sent[n]?.traceparent ?? event.traceparent })));
    for (const span of sent) span?.end(Date.now());
  }
}

/** The tenant's present quotas; a tenant from before there were quotas has none. */
const quotasOf = (view: Pick<ConfigView, 'get'>, tenant: string): Quotas => view.get('tenant', tenant)?.state.quotas ?? NO_QUOTAS;
