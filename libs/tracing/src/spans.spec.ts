import { describe, expect, it } from '@jest/globals';
import { AlwaysOnSampler, BasicTracerProvider, InMemorySpanExporter, ParentBasedSampler, SimpleSpanProcessor, TraceIdRatioBasedSampler, type ReadableSpan, type Sampler } from '@opentelemetry/sdk-trace-base';
import { isSampled, Spans } from './spans.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const parent = (flags: string): string => `00-${TRACE}-b7ad6b7169203331-${flags}`;
// A smaller number would count as milliseconds since the process started.
const AT = 1_790_000_000_000;
const start = { kind: 'consumer', at: AT } as const;

function recording(sampler: Sampler) {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  const tracer = (by: Sampler) => new BasicTracerProvider({ sampler: by, spanProcessors }).getTracer('spec');
  return { spans: new Spans(tracer(sampler), tracer(new AlwaysOnSampler())), ended: (): ReadableSpan[] => exporter.getFinishedSpans() };
}

describe('Spans', () => {
  const { spans, ended } = recording(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0) }));

  it('asks the sampler when a trace arrives or begins, and uses its flag from then on', () => {
    expect([spans.begin('a', undefined, start), spans.begin('b', parent('00'), start), spans.within(parent('02'), 'c', start), spans.within(undefined, 'd', start), spans.after(parent('00'), 'e', start), spans.after(undefined, 'f', start)]).toEqual([null, null, null, null, null, null]);
    expect([isSampled(parent('03')), isSampled(parent('02'))]).toEqual([true, false]);
    expect(ended()).toEqual([]);
  });

  it('continues the trace of its parent, with the given times', () => {
    const span = spans.begin('intake', parent('01'), { ...start, attributes: { n: 1 } });
    const inner = spans.within(span?.traceparent, 'attempt', { kind: 'client', at: AT + 200 });
    inner?.end(AT + 300, { error: 'timeout' });
    span?.end(AT + 250, { attributes: { deliveries: 2 } });
    const [attempt, intake] = ended();
    expect(span?.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(intake).toMatchObject({ name: 'intake', startTime: [AT / 1_000, 0], endTime: [AT / 1_000, 250_000_000], attributes: { n: 1, deliveries: 2 }, parentSpanContext: { spanId: 'b7ad6b7169203331' } });
    expect(attempt).toMatchObject({ name: 'attempt', parentSpanContext: { spanId: intake?.spanContext().spanId }, status: { code: 2, message: 'timeout' } });
    expect(attempt?.spanContext().traceId).toBe(TRACE);
  });

  it('begins a trace of its own for later work, linked to its cause, whatever the sampler says', () => {
    spans.after(parent('01'), 'retry', start)?.end(AT + 9);
    const retry = ended().at(-1);
    expect(retry).toMatchObject({ name: 'retry', links: [{ context: { traceId: TRACE } }] });
    expect(retry?.parentSpanContext).toBeUndefined();
    expect(retry?.spanContext().traceId).not.toBe(TRACE);
  });
});
