import { setTimeout } from 'node:timers/promises';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { isTraced, type TracingEnv } from './env.js';
import { Spans } from './spans.js';

interface Tracing {
  readonly spans: Spans;
  /** Sends the remaining spans. */
  stop(): Promise<void>;
}

const SCOPE = 'nuncio';
const WARN_EVERY_MS = 60_000;
/** A stopping service waits no longer for a collector. */
const FLUSH_WITHIN_MS = 2_000;

/** null = tracing is off. The SDK is loaded only if it is on; it reads its other settings from the environment. */
export async function startTracing(service: { readonly service: string; readonly version: string }, env: TracingEnv, warn: (text: string) => void): Promise<Tracing | null> {
  if (!isTraced(env)) return null;
  const [{ AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { defaultResource, detectResources, envDetector, resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
    import('@opentelemetry/resources'),
  ]);
  diag.setLogger({ error: nowAndThen(warn), warn: ignore, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.ERROR);
  const own = resourceFromAttributes({ 'service.name': env.OTEL_SERVICE_NAME ?? `nuncio-${service.service}`, 'service.namespace': 'nuncio', 'service.version': service.version });
  const resource = defaultResource().merge(own).merge(detectResources({ detectors: [envDetector] }));
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  const always = new BasicTracerProvider({ resource, spanProcessors: [processor], sampler: new AlwaysOnSampler() });
  return { spans: new Spans(provider.getTracer(SCOPE, service.version), always.getTracer(SCOPE, service.version)), stop: () => Promise.race([provider.shutdown(), setTimeout(FLUSH_WITHIN_MS, undefined, { ref: false })]).catch(ignore) };
}

const ignore = (): void => undefined;

/** Warns at most once a minute while the collector is away. */
function nowAndThen(warn: (text: string) => void): (text: string) => void {
  let warnedAt = -Infinity;
  return (text) => {
    if (performance.now() - warnedAt < WARN_EVERY_MS) return;
    warnedAt = performance.now();
    warn(text);
  };
}
