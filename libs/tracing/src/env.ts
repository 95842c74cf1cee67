import { z } from 'zod';

const url = z.url({ protocol: /^https?$/, error: 'must be a URL of http or https' });

/**
 * The settings of OpenTelemetry that Nuncio reads itself. Its SDK reads others (`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_…`,
 * `OTEL_RESOURCE_ATTRIBUTES`).
 */
export const TracingEnv = {
  /** The address for spans, to which `/v1/traces` is appended. Without either setting there are no spans, and the SDK is not loaded. */
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.literal('http/protobuf', { error: 'must be http/protobuf' }).default('http/protobuf'),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).default('otlp'),
  OTEL_TRACES_SAMPLER: z.enum(['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio']).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_SDK_DISABLED: z.enum(['true', 'false']).default('false'),
};
export type TracingEnv = z.output<z.ZodObject<typeof TracingEnv>>;

export const isTraced = (env: TracingEnv): boolean =>
  env.OTEL_SDK_DISABLED === 'false' && env.OTEL_TRACES_EXPORTER === 'otlp' && (env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_ENDPOINT) !== undefined;
