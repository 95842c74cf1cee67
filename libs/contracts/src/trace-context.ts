/** The record header, HTTP header and CloudEvents attribute (extension "distributed tracing") that carries a W3C trace context. */
export const TRACEPARENT = 'traceparent';

/** Attributes of that extension: they belong to the publisher's side, and no receiver gets them. */
export const TRACE_ATTRIBUTES: ReadonlySet<string> = new Set([TRACEPARENT, 'tracestate']);

/** W3C Trace Context §3.2.2: neither id is all zeros. A version that is not known yet may have more behind, and is read as this one. */
const FORM = /^(?!ff)([0-9a-f]{2})-((?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})(-.*)?$/;

/** A `traceparent` in version 00, or undefined where it is none: a broken one is ignored (§3.2.2.5), and keeps no event from being delivered. */
export function readTraceparent(given: string): string | undefined {
  const [, version, context, more] = FORM.exec(given) ?? [];
  return context === undefined || (version === '00' && more !== undefined) ? undefined : `00-${context}`;
}

/** The trace id, 32 hex digits, of a `traceparent` that was read. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35);
