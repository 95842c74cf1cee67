/** The record header, HTTP header and CloudEvents attribute (extension "distributed tracing") that carries a W3C trace context. */
export const TRACEPARENT = 'traceparent';

/** Attributes of that extension. They belong to the publisher, and no receiver gets them. */
export const TRACE_ATTRIBUTES: ReadonlySet<string> = new Set([TRACEPARENT, 'tracestate']);

/** W3C Trace Context §3.2.2: neither id may be all zeros. An unknown version may have more fields, and is read like version 00. */
const FORM = /^(?!ff)([0-9a-f]{2})-((?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})(-.*)?$/;

/**
 * A `traceparent` in version 00; undefined = it is invalid. An invalid one is ignored (§3.2.2.5), so it never keeps an event from being
 * delivered.
 */
export function readTraceparent(given: string): string | undefined {
  const [, version, context, more] = FORM.exec(given) ?? [];
  return context === undefined || (version === '00' && more !== undefined) ? undefined : `00-${context}`;
}

/** The trace id of a valid `traceparent`, 32 hex digits. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35);
