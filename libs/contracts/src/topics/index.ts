import { attempts } from './attempts.js';
import { configLog } from './config-log.js';
import { configState } from './config-state.js';
import { deadLetters } from './dead-letters.js';
import { tiers } from './delay.js';
import { deliveries } from './deliveries.js';
import { events } from './events.js';
import { operationEvents } from './operations.js';
import { pulse } from './pulse.js';
import { quarantine } from './quarantine.js';
import { replies } from './replies.js';
import { samples } from './samples.js';
import { signals } from './signals.js';
import { tokenEvents } from './token-events.js';
import { tokenRequests } from './token-requests.js';
import type { Topic } from './topic.js';

/** Every topic of an installation. A new one needs a file and a line here. */
export const topics: readonly Topic[] = [
  events,
  deliveries,
  ...tiers.map((tier) => tier.topic),
  attempts,
  deadLetters,
  quarantine,
  configLog,
  configState,
  tokenRequests,
  tokenEvents,
  signals,
  samples,
  replies,
  operationEvents,
  pulse,
];

export * from './attempts.js';
export * from './config-log.js';
export * from './config-state.js';
export * from './dead-letters.js';
export * from './delay.js';
export * from './deliveries.js';
export * from './errand.js';
export * from './events.js';
export * from './operations.js';
export * from './pulse.js';
export * from './quarantine.js';
export * from './replies.js';
export * from './samples.js';
export * from './signals.js';
export * from './token-events.js';
export * from './token-requests.js';
export * from './topic.js';
