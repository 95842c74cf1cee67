import { randomBytes } from 'node:crypto';
import type { DispatcherEnv } from '../config.js';
import type { DeliverPorts } from './deliver.js';

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
/** Sampled as the publisher's trace is (W3C Trace Context §3.2.2.5), with random ids (level 2). */
const SAMPLED = 1;
const RANDOM = 2;

/**
 * The trace that a receiver gets, if the event was published in one: none; a new trace for each request, whose id tells the receiver nothing, and
 * which the attempt's request shows beside the publisher's trace; or the publisher's own.
 */
export function traceForReceivers(policy: DispatcherEnv['TRACE_CONTEXT_TO_RECEIVERS']): DeliverPorts['traceFor'] {
  if (policy === 'none') return undefined;
  return policy === 'continue' ? (traceparent) => traceparent : newTrace;
}

function newTrace(traceparent: string): string {
  const flags = (parseInt(traceparent.slice(-2), 16) & SAMPLED) | RANDOM;
  return `00-${hex(TRACE_ID_BYTES)}-${hex(SPAN_ID_BYTES)}-0${flags}`;
}

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
