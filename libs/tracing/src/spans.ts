import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type Attributes, type Context, type Span, type SpanContext, type Tracer } from '@opentelemetry/api';

/** Injection token of the `Spans`; unbound if nothing is traced. */
export const SPANS = Symbol('spans');

/** The kind of a span: handling a record, writing one, answering a request, sending one, or internal work. */
type Kind = 'consumer' | 'producer' | 'server' | 'client' | 'internal';

/** Times in epoch milliseconds. */
interface SpanStart {
  readonly kind: Kind;
  readonly at: number;
  readonly attributes?: Attributes;
}

/** A recorded span. */
export interface Traced {
  /** The W3C `traceparent` of this span, for its children. */
  readonly traceparent: string;
  /** `error`: what went wrong, in words. */
  end(at: number, result?: { readonly attributes?: Attributes; readonly error?: string | null }): void;
}

const KINDS: Readonly<Record<Kind, SpanKind>> = { consumer: SpanKind.CONSUMER, producer: SpanKind.PRODUCER, server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/**
 * Spans made by hand. Contexts are `traceparent`s, which are passed on in memory and on topics. Without `Spans` nothing is traced, at the cost of one
 * comparison. Whether a trace is recorded is decided once, where it begins (`begin`); later spans follow its flag.
 */
export class Spans {
  constructor(
    /** Uses the configured sampler. */
    private readonly sampled: Tracer,
    /** Records every span. */
    private readonly always: Tracer,
  ) {}

  /** Starts the span where a trace enters Nuncio, or begins. null = it is not recorded. */
  begin(name: string, parent: string | undefined, start: SpanStart): Traced | null {
    const span = open(this.sampled, name, start, parent === undefined ? ROOT_CONTEXT : contextOf(parent));
    return span.isRecording() ? traced(span) : null;
  }

  /** Starts a child of `parent`. null = the trace is not recorded, or there is none. */
  within(parent: string | undefined, name: string, start: SpanStart): Traced | null {
    return parent !== undefined && isSampled(parent) ? traced(open(this.always, name, start, contextOf(parent))) : null;
  }

  /**
   * Starts a new trace linked to `cause`, for work that comes long after it, since a trace that is open for days is of no use. null = `cause` is not
   * recorded.
   */
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
