import type { IncomingHttpHeaders } from 'node:http';
import { Body, Controller, Headers, HttpCode, HttpStatus, Inject, Post } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { BatchProducer, ConfigView } from '@nuncio/kafka';
import { Answers, Caller, Roles } from '@nuncio/service';
import { z } from 'zod';
import { published } from '../metrics.js';
import { readRequest } from './http-binding.js';
import { admitAll, defaultsOf, publish } from './publish.js';

const Accepted = z
  .object({
    /** `evt_…`: the event's id in the log and at its receivers. */
    id: z.string(),
    /** Its CloudEvents id, which was generated where none was sent. */
    ceId: z.string(),
  })
  .meta({ id: 'Accepted' });
type Accepted = z.infer<typeof Accepted>;

@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(BatchProducer) private readonly producer: BatchProducer,
    @Inject(ConfigView) private readonly view: ConfigView,
  ) {}

  /** CloudEvents over HTTP. 202 when Kafka has acknowledged: `{id, ceId}`, of a batch `{items: [{id, ceId}]}`. */
  @Post()
  @Answers(z.union([Accepted, z.object({ items: z.array(Accepted) })]))
  @HttpCode(HttpStatus.ACCEPTED)
  @Roles('publisher', 'admin')
  async post(
    @Caller() caller: Principal,
    @Headers() headers: IncomingHttpHeaders,
    @Body() body: Buffer | undefined,
  ): Promise<Accepted | { items: Accepted[] }> {
    const { batch, events: read } = readRequest(headers, body ?? Buffer.alloc(0), defaultsOf(caller));
    const events = await admitAll(read, caller, this.view);
    await publish(this.producer, events);
    published.inc(events.length);
    const [first, ...more] = events.map(({ id, ceId }) => ({ id, ceId }));
    return first && !batch ? first : { items: first ? [first, ...more] : [] };
  }
}
