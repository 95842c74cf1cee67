import type { Cluster } from './kafka.js';

/** A fact on its topic. Its fields depend on `fact`. */
interface Fact {
  readonly fact: string;
  readonly tenant?: string;
  readonly delivery?: string;
  readonly reason?: string;
}

/** All facts of the installation. Records of other specs that are no facts are ignored, as the log does. */
export async function readFacts(cluster: Cluster): Promise<Fact[]> {
  return (await cluster.read('attempts')).flatMap(({ value }) => {
    try {
      return [JSON.parse(String(value)) as Fact];
    } catch {
      return [];
    }
  });
}
