import type { Cluster } from './kafka.js';

/** A fact as it lies in the topic; which fields it has depends on `fact`. */
export interface Fact {
  readonly fact: string;
  readonly tenant?: string;
  readonly delivery?: string;
  readonly reason?: string;
}

/** All facts of the installation. Other specs may have written what is none: it is passed over, as the log does. */
export async function readFacts(cluster: Cluster): Promise<Fact[]> {
  return (await cluster.read('attempts')).flatMap(({ value }) => {
    try {
      return [JSON.parse(String(value)) as Fact];
    } catch {
      return [];
    }
  });
}
