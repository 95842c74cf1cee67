import { days, payloadTopic, type Topic } from './topic.js';

/**
 * A delay topic. Its delay is constant and the broker stamps its records, so the first record is always the next one
 * due.
 */
export interface Tier {
  readonly name: string;
  readonly delayMs: number;
  readonly topic: Topic;
}

const tier = (name: string, seconds: number): Tier => ({
  name,
  delayMs: seconds * 1_000,
  topic: payloadTopic({ name: `delay.${name}`, partitions: 4, retentionMs: seconds * 1_000 + days(7) }),
});

/** Records that only a newer release can read also wait here, for one of its dispatchers. */
export const forNewer = tier('30s', 30);

/** Shortest first. Key: delivery id. Header `nuncio-errand`. */
export const tiers: readonly Tier[] = [
  tier('1s', 1),
  tier('5s', 5),
  forNewer,
  tier('2m', 120),
  tier('10m', 600),
  tier('1h', 3_600),
  tier('6h', 21_600),
  tier('24h', 86_400),
];
