import type { IncomingHttpHeaders } from 'node:http';
import { Body, Controller, Headers, HttpCode, HttpStatus, Inject, Post } from '@nestjs/common';
import { callerOf, type Principal } from '@nuncio/contracts';
import { BatchProducer, ConfigView } from '@nuncio/kafka';
import { Answers, Caller, idempotencyKeyIn, Operation, RateLimit, Roles, Takes } from '@nuncio/service';
import { z } from 'zod';
import { published } from '../metrics.js';
import { readRequest } from './http-binding.js';
import { admitAll, publish, publisherOf } from './publish.js';

const Accepted = z
  .object({
    /** `evt_…`: the event's id in the log and at its receivers. */
    id: z.string(),
    /** Its CloudEvents id, which was generated where none was sent. */
    ceId: z.string(),
  })
  .meta({ id: 'Accepted' });
type Accepted = z.infer<typeof Accepted>;

/** Structured mode (CloudEvents JSON format 1.0.2 §3); extensions stand beside the rest. What is not given has a default, but for the type. */
const CloudEvent = z
  .looseObject({
    specversion: z.literal('1.0').optional(),
    id: z.string().optional(),
    source: z.string().optional(),
    type: z.string(),
    tenant: z.string().optional(),
    time: z.iso.datetime({ offset: true }).optional(),
    datacontenttype: z.string().optional(),
    data: z.unknown().optional(),
    data_base64: z.base64().optional(),
  })
  .meta({ id: 'CloudEvent' });

@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(BatchProducer) private readonly producer: BatchProducer,
    @Inject(ConfigView) private readonly view: ConfigView,
    @Inject(RateLimit) private readonly rate: RateLimit,
  ) {}

  /** CloudEvents over HTTP. 202 when Kafka has acknowledged: `{id, ceId}`, of a batch `{items: [{id, ceId}]}`. */
  @Operation({ id: 'publishEvents' })
  @Post()
  @Takes({ 'application/cloudevents+json': CloudEvent, 'application/cloudevents-batch+json': z.array(CloudEvent), '*/*': z.unknown() })
  @Answers(z.union([Accepted, z.object({ items: z.array(Accepted) })]))
  @HttpCode(HttpStatus.ACCEPTED)
  @Roles('publisher', 'admin')
  async post(
    @Caller() caller: Principal,
    @Headers() headers: IncomingHttpHeaders,
    @Body() body: Buffer | undefined,
  ): Promise<Accepted | { items: Accepted[] }> {
    const { batch, events: read } = readRequest(headers, body ?? Buffer.alloc(0), publisherOf(caller, idempotencyKeyIn({ headers })));
    this.rate.charge(callerOf(caller), performance.now(), read.length - 1);
    const events = await admitAll(read, caller, this.view);
    await publish(this.producer, events);
    published.inc(events.length);
    const [first, ...more] = events.map(({ id, ceId }) => ({ id, ceId }));
    return first && !batch ? first : { items: first ? [first, ...more] : [] };
  }
}
