import { z } from 'zod';
import { SERVICES } from '../identity.js';
import { Millis } from '../schema.js';
import { jsonTopic } from './topic.js';

const HOUR_MS = 3_600_000;
const Count = z.int().min(0);

/** What a dispatcher has to do at the moment, as its metrics say it. */
export const DispatcherGauges = z.object({
  inFlight: Count.describe('Deliveries in flight').meta({ examples: [3] }),
  queued: Count.describe('Deliveries that wait for a place in flight').meta({ examples: [0] }),
  held: Count.describe('Deliveries that it put on hold and whose hold has not passed').meta({ examples: [2] }),
  oldestUnfinishedSeconds: z.number().min(0).describe('How long ago the oldest record that is not finished was read, or could have been read').meta({ examples: [0.2] }),
  watermarkSpan: Count.describe('The longest distance from a watermark to what was read last, in offsets').meta({ examples: [12] }),
});
export type DispatcherGauges = z.infer<typeof DispatcherGauges>;

/** A callback of which a dispatcher has something in flight or queued. */
export const BusyLane = z.object({ callback: z.string(), inFlight: Count, queued: Count });
export type BusyLane = z.infer<typeof BusyLane>;

/** What one process tells of itself: every 10 s, and every 5 s while it changes. */
export const Pulse = z.object({
  service: z.enum(SERVICES),
  /** `host:port` of its API; a process that is started anew at the same place takes the place of the one before. */
  instance: z.string(),
  version: z.string(),
  /** When it was started. */
  since: Millis,
  ready: z.boolean(),
  /** Why it is not ready, a sentence each. */
  faults: z.array(z.string()),
  /** The last one: it stops in order. */
  isLeaving: z.boolean().default(false),
  /** Of a dispatcher. */
  gauges: DispatcherGauges.nullable().default(null),
  /** Of a dispatcher, the busiest first. */
  lanes: z.array(BusyLane).nullable().default(null),
  /** How many more there are. */
  lanesLeftOut: Count.default(0),
  /** Ids of API keys that it was called with since it told of any, once a minute at most. */
  keysUsed: z.array(z.string()).optional(),
});
export type Pulse = z.infer<typeof Pulse>;

/** Key: instance. */
export const pulse = jsonTopic({ name: 'pulse', partitions: 1, retentionMs: HOUR_MS, value: Pulse });
