import type { TopicPartition } from './committed-offsets.js';

/** Whose offset is asked for: of the first record at this time or later (epoch milliseconds), of the first record (true), or the end of the log (false). */
type From = { readonly fromTimestamp: number } | { readonly fromBeginning: boolean };

/** kafkajs' cluster, by its public type or ours. */
interface OffsetSource {
  fetchTopicsOffset: (topics: ({ topic: string; partitions: { partition: number }[] } & From)[]) => Promise<readonly { readonly partitions: readonly { readonly offset: string }[] }[]>;
}

/** An offset in the log of one partition; undefined = its leader is not known. Rejects if the leader does not answer. */
export async function offsetOf(cluster: OffsetSource, { topic, partition }: TopicPartition, from: From): Promise<string | undefined> {
  const [answer] = await cluster.fetchTopicsOffset([{ topic, partitions: [{ partition }], ...from }]);
  return answer?.partitions[0]?.offset;
}
