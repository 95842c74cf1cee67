import { z } from 'zod';
import { SERVICES } from '../identity.js';
import { Millis } from '../schema.js';
import { jsonTopic } from './topic.js';

const HOUR_MS = 3_600_000;
const Count = z.int().min(0);

/** A dispatcher's load at the moment; the same figures as its metrics. */
export const DispatcherGauges = z.object({
  inFlight: Count.describe('Deliveries in flight').meta({ examples: [3] }),
  queued: Count.describe('Deliveries that wait for a free slot').meta({ examples: [0] }),
  held: Count.describe('Deliveries that it has put on hold, and whose hold has not ended').meta({ examples: [2] }),
  oldestUnfinishedSeconds: z.number().min(0).describe('How long ago the oldest unfinished record was read, or could have been').meta({ examples: [0.2] }),
  watermarkSpan: Count.describe('The longest distance from a watermark to the last record read, in offsets').meta({ examples: [12] }),
});
export type DispatcherGauges = z.infer<typeof DispatcherGauges>;

/** A callback that has something in flight or queued at a dispatcher. */
export const BusyLane = z.object({ callback: z.string(), inFlight: Count, queued: Count });
export type BusyLane = z.infer<typeof BusyLane>;

/** The state of one process, sent every 10 s, and every 5 s while it changes. */
export const Pulse = z.object({
  service: z.enum(SERVICES),
  /** `host:port` of its API. A process that restarts at the same address replaces the former one. */
  instance: z.string(),
  version: z.string(),
  /** When the process started. */
  since: Millis,
  ready: z.boolean(),
  /** Why it is not ready, one sentence each. */
  faults: z.array(z.string()),
  /** The last pulse: the process is shutting down. */
  isLeaving: z.boolean().default(false),
  /** Dispatchers only. */
  gauges: DispatcherGauges.nullable().default(null),
  /** Dispatchers only; the busiest first. */
  lanes: z.array(BusyLane).nullable().default(null),
  /** How many more busy callbacks there are. */
  lanesLeftOut: Count.default(0),
  /** Ids of API keys used since the last report, which comes at most once a minute. */
  keysUsed: z.array(z.string()).optional(),
});
export type Pulse = z.infer<typeof Pulse>;

/** Key: instance. */
export const pulse = jsonTopic({ name: 'pulse', partitions: 1, retentionMs: HOUR_MS, value: Pulse });
