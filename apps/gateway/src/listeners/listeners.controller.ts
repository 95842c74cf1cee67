import { Readable } from 'node:stream';
import { Body, Controller, Delete, Get, Header, HttpCode, Inject, Param, Post, StreamableFile, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import type { Principal } from '@nuncio/contracts';
import { Answers, AnswersIn, Caller, Operation, Roles, StillCaller, Takes, valid, type IsStill } from '@nuncio/service';
import { z } from 'zod';
import type { Listener } from './listener.js';
import { Listeners } from './listeners.js';

const QUIET_MS = 10_000;
/** After this time the command must reconnect, so that its permission is checked anew. */
const LIFE_MS = 120_000;
const BUFFER_BYTES = 65_536;

const NewListener = z
  .object({
    id: z.string(),
    inbox: z.string().describe('The path on this origin that receives requests. It cannot be guessed'),
  })
  .meta({ id: 'NewListener' });

/** RFC 9110 §5.1 and §5.5. */
const NAME = /^[\w!#$%&'*+.^`|~-]{1,256}$/;
const Value = z.string().regex(/^[\t\x20-\x7e\x80-\xff]{0,8192}$/, 'must be text of a header');
const Line = z.array(Value).length(2).refine(([name = '']) => NAME.test(name), 'must be the name and the value of a header');

const ListenerAnswer = z
  .strictObject({
    status: z.int().min(200).max(599),
    headers: z.array(Line).max(100).describe('Names and values').meta({ examples: [[['content-type', 'application/json']]] }),
    body: z.base64().max(1_000_000).describe('The bytes, in base64').meta({ examples: ['e30='] }),
  })
  .meta({ id: 'ListenerAnswer' });

const judged = valid(ListenerAnswer);

/** Bodies are bytes in the gateway. */
class FromBytes implements PipeTransform<Buffer | undefined, z.infer<typeof ListenerAnswer>> {
  transform(body: Buffer | undefined, metadata: ArgumentMetadata): z.infer<typeof ListenerAnswer> {
    return judged.transform(JSON.parse(body?.toString() ?? 'null'), metadata);
  }
}

/**
 * Listeners: requests to an address of the gateway are passed to the command `nuncio listen` on a developer's laptop, which
 * answers them.
 */
@Roles('admin', 'consumer')
@Controller('v1/listeners')
export class ListenersController {
  constructor(@Inject(Listeners) private readonly listeners: Listeners) {}

  @Operation({ description: 'Opens an inbox, whose requests are passed to whoever reads its stream. It lasts while somebody reads, and half a minute longer.' })
  @Post()
  @Answers(NewListener)
  create(@Caller() caller: Principal): z.infer<typeof NewListener> {
    const id = this.listeners.open(caller);
    return { id, inbox: `/v1/listeners/${id}/inbox` };
  }

  @Operation({ description: 'Closes the inbox.' })
  @Delete(':id')
  @HttpCode(204)
  delete(@Caller() caller: Principal, @Param('id') id: string): void {
    this.listeners.close(caller, id);
  }

  @Operation({
    id: 'streamListenerRequests',
    description: 'Requests to the inbox as server-sent events: first those that wait for an answer, then new ones. `event: request`, `data: {id, method, headers: [[name, value]], body}`, with the body in base64.',
  })
  @Get(':id/stream')
  @AnswersIn(['text/event-stream'])
  @Header('cache-control', 'no-store')
  stream(@Caller() caller: Principal, @Param('id') id: string, @StillCaller() isStill: IsStill): StreamableFile {
    const requests = Readable.from(requestsOf(this.listeners.of(caller, id), isStill), { objectMode: false, highWaterMark: BUFFER_BYTES });
    return new StreamableFile(requests, { type: 'text/event-stream; charset=utf-8' });
  }

  @Operation({ id: 'answerListenerRequest', description: 'The answer to a request to the inbox.' })
  @Post(':id/requests/:request/answer')
  @Takes({ 'application/json': ListenerAnswer })
  @HttpCode(204)
  answer(@Caller() caller: Principal, @Param('id') id: string, @Param('request') request: string, @Body(new FromBytes()) { status, headers, body }: z.infer<typeof ListenerAnswer>): void {
    this.listeners.of(caller, id).answer(request, { status, headers: headers.map(([name = '', value = '']) => [name, value] as const), body: Buffer.from(body, 'base64') });
  }
}

async function* requestsOf(listener: Listener, isStill: IsStill): AsyncGenerator<string> {
  const endsAt = performance.now() + LIFE_MS;
  yield 'retry: 1000\n: heartbeat\n\n';
  for await (const request of listener.read(QUIET_MS)) {
    if (performance.now() > endsAt || !(await isStill())) return;
    if (request === null) yield ': heartbeat\n\n';
    else {
      const { method, headers, body } = request.received;
      yield `event: request\nid: ${request.id}\ndata: ${JSON.stringify({ id: request.id, method, headers, body: body.toString('base64') })}\n\n`;
    }
  }
}
