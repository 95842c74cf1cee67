import type { Cluster } from 'kafkajs';

/**
 * How many partitions a topic has. kafkajs forgets it whenever it disconnects: when a consumer stops, and when it starts a failed one again. The number that was known last holds
 * until kafkajs is connected again.
 */
export class KnownPartitions {
  readonly #counts = new Map<string, number>();

  /** `cluster`: kafkajs' own view, which it keeps up to date; undefined = it has none yet. */
  constructor(private readonly cluster: () => Pick<Cluster, 'findTopicPartitionMetadata'> | undefined) {}

  /** `topic`: Kafka's name. 0 = the topic cannot be read, or nothing is known yet. */
  count(topic: string): number {
    try {
      const now = this.cluster()?.findTopicPartitionMetadata(topic).length;
      if (now !== undefined) this.#counts.set(topic, now);
    } catch {
      // Not connected.
    }
    return this.#counts.get(topic) ?? 0;
  }
}
