import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type Attributes, type Context, type Span, type SpanContext, type Tracer } from '@opentelemetry/api';

/** Injection token of the `Spans`; nothing is bound to it where nothing is traced. */
export const SPANS = Symbol('spans');

/** The kind of a span: work on a record, the writing of a record, a request that is answered, one that is sent, or something inside. */
export type Kind = 'consumer' | 'producer' | 'server' | 'client' | 'internal';

/** Times in epoch milliseconds. */
export interface SpanStart {
  readonly kind: Kind;
  readonly at: number;
  readonly attributes?: Attributes;
}

/** A span that is recorded. */
export interface Traced {
  /** W3C `traceparent` that names it: what follows from it has it for its parent. */
  readonly traceparent: string;
  /** `error`: what went wrong, in words. */
  end(at: number, result?: { readonly attributes?: Attributes; readonly error?: string | null }): void;
}

const KINDS: Readonly<Record<Kind, SpanKind>> = { consumer: SpanKind.CONSUMER, producer: SpanKind.PRODUCER, server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/**
 * Spans by hand: contexts are `traceparent`s that go from one to the next, in memory and on topics. Whoever has no `Spans` traces nothing, which costs one comparison.
 * Whether a trace is recorded is asked once, where it begins (`begin`); from then on its flag says so.
 */
export class Spans {
  constructor(
    /** Asks the sampler that is set. */
    private readonly sampled: Tracer,
    /** Records whatever it is given. */
    private readonly always: Tracer,
  ) {}

  /** The place where a trace enters Nuncio, or begins. null = it is not recorded. */
  begin(name: string, parent: string | undefined, start: SpanStart): Traced | null {
    const span = open(this.sampled, name, start, parent === undefined ? ROOT_CONTEXT : contextOf(parent));
    return span.isRecording() ? traced(span) : null;
  }

  /** A part of what `parent` is. null = that is not recorded, or there is none. */
  within(parent: string | undefined, name: string, start: SpanStart): Traced | null {
    return parent !== undefined && isSampled(parent) ? traced(open(this.always, name, start, contextOf(parent))) : null;
  }

  /** A trace of its own for what comes long after `cause`, to which it is linked: a trace that is open for days is of no use to anybody. null = that is not recorded. */
  after(cause: string | undefined, name: string, start: SpanStart): Traced | null {
    return cause !== undefined && isSampled(cause) ? traced(open(this.always, name, start, ROOT_CONTEXT, [{ context: spanContextOf(cause) }])) : null;
  }
}

/** Whether the trace that a `traceparent` names is recorded (W3C Trace Context §3.2.2.5). */
export const isSampled = (traceparent: string): boolean => (parseInt(traceparent.slice(-2), 16) & TraceFlags.SAMPLED) !== 0;

const open = (tracer: Tracer, name: string, { kind, at, attributes }: SpanStart, parent: Context, links?: { context: SpanContext }[]): Span =>
  tracer.startSpan(name, { kind: KINDS[kind], startTime: at, ...(attributes && { attributes }), ...(links && { links }) }, parent);

const contextOf = (traceparent: string): Context => trace.setSpanContext(ROOT_CONTEXT, spanContextOf(traceparent));

function spanContextOf(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true };
}

function traced(span: Span): Traced {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    end: (at, { attributes, error } = {}) => {
      if (attributes) span.setAttributes(attributes);
      if (typeof error === 'string') span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      span.end(at);
    },
  };
}
