import { Controller, Inject } from '@nestjs/common';
import { deliveryId, eventId, replies, samples, type NuncioEvent, type Reply, type Sample } from '@nuncio/contracts';
import { OnBatch, readJson, type BatchProducer, type ConfigView, type InboundRecord, type RecordBatch } from '@nuncio/kafka';
import { deliver, type DeliverPorts } from '../attempt/deliver.js';
import type { Attempt } from '../attempt/outcome.js';
import { shownResponse } from '../attempt/shown-response.js';
import type { Endpoints } from '../routing/endpoint.js';
import { quarantine } from './quarantine.js';
import { settle } from './settle.js';
import { WORK } from './transports.js';
import { Dispatcher } from '../dispatcher.js';

interface SamplesPorts {
  readonly producer: BatchProducer;
  readonly view: ConfigView;
  readonly endpoints: Endpoints;
  readonly deliver: DeliverPorts;
}

/** `samples`: one delivery each, of `nuncio.test` or a chosen type, made like any other, answered on `replies`; on no record but that. */
@Controller()
export class SamplesController {
  constructor(@Inject(Dispatcher) private readonly ports: SamplesPorts) {}

  @OnBatch(samples.name, WORK)
  onSamples(batch: RecordBatch): Promise<void> {
    const { producer } = this.ports;
    const { records, signal, lost } = batch;
    for (const record of records) settle(record, { producer, signal, lost }, () => this.#answer(record, batch));
    return Promise.resolve();
  }

  async #answer(record: InboundRecord, batch: RecordBatch): Promise<unknown> {
    const { producer, view, endpoints, deliver: ports } = this.ports;
    const read = readJson(samples, record);
    if (read.is === 'newer') return undefined;
    if (read.is === 'unreadable') return quarantine(producer, record, 'bad-sample', read.detail, batch);
    const sample = read.value;
    // By the brokers' clock, since that of config-service may differ from ours.
    const leftMs = (): number => sample.expiresAt - sample.at - (producer.brokerNow - record.timestamp);
    const inTime = await view.waitFor(sample.position, leftMs());
    const callback = view.get('callback', sample.callback);
    if (!inTime || !callback || leftMs() <= 0) return undefined;
    const event = sampleEvent(sample, callback.state.tenant);
    const endpoint = endpoints.of(callback);
    const attempt = await deliver(
      {
        id: deliveryId(event.id, sample.callback),
        event,
        eventAt: sample.at,
        endpoint,
        number: 1,
        retriesUsed: 0,
        firstAttemptAt: null,
        activatedAt: sample.position,
      },
      ports,
    );
    return attempt && producer.sendJson(replies, sample.correlation, replyOf(sample.correlation, attempt), batch.lost);
  }
}

/** Its source shows that it is none of the company's events. */
function sampleEvent({ correlation, callback, at, event }: Sample, tenant: string): NuncioEvent {
  const [source, time] = ['/nuncio', new Date(at).toISOString()];
  const type = event?.type ?? 'nuncio.test';
  const payload = Buffer.from(event?.payload ?? JSON.stringify({ message: 'This is a test of your webhook endpoint.', callback, time }));
  const attributes = { specversion: '1.0', id: correlation, source, type, time, ...(event && { tenant }) };
  return { id: eventId(source, correlation), publisher: '', ceId: correlation, source, type, time, tenants: event ? [tenant] : [], contentType: 'application/json', payload, attributes };
}

function replyOf(correlation: string, { outcome, answer, request, tokenMs }: Attempt): Reply {
  return {
    of: 'sample',
    correlation,
    ok: outcome.kind === 'delivered',
    status: answer?.ok ? answer.status : null,
    timingsMs: { token: tokenMs, ...answer?.timings },
    error:
      outcome.kind === 'failed'
        ? { class: outcome.errorClass, detail: outcome.detail }
        : outcome.kind === 'no-token'
          ? { class: 'token', detail: null }
          : outcome.kind === 'unavailable'
            ? { class: 'internal', detail: outcome.detail }
            : null,
    tokenError: outcome.kind === 'no-token' ? outcome.tokenError : null,
    response: answer?.ok ? shownResponse(answer) : null,
    sentHeaders: request?.headers ?? null,
  };
}
