import type { Kafka } from 'kafkajs';
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { ClusterOptions } from 'kafkajs/src/cluster/index.js';

/** Parts of a kafkajs client that are stored under symbols. */
interface Private {
  readonly clusterRetry: object;
  readonly createCluster: (options: ClusterOptions) => Cluster;
}

export function privateOf<K extends keyof Private>(kafka: Kafka, name: K): Private[K] {
  return (kafka as unknown as Record<symbol, unknown>)[symbolOf(kafka, name)] as Private[K];
}

/** Returns the same client with another factory of clusters. */
export function withCluster(kafka: Kafka, createCluster: Private['createCluster']): Kafka {
  return Object.create(kafka, { [symbolOf(kafka, 'createCluster')]: { value: createCluster } }) as Kafka;
}

/** Replaces how the answers to one kind of request are parsed; `parse` is kafkajs' own parser. */
export function mapAnswers(cluster: Cluster, apiKey: number, otherwise: (parse: (decoded: unknown) => unknown) => (decoded: unknown) => unknown): void {
  const { build } = cluster.connectionPoolBuilder;
  cluster.connectionPoolBuilder.build = async (address) => {
    const pool = await build(address);
    const send = pool.send.bind(pool);
    pool.send = (exchange) => {
      const { request, response } = exchange;
      return send(request.apiKey === apiKey ? { ...exchange, response: { decode: response.decode, parse: otherwise(response.parse) } } : exchange);
    };
    return pool;
  };
}

function symbolOf(kafka: Kafka, name: keyof Private): symbol {
  const found = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === `private:Kafka:${name}`);
  if (!found) throw new Error(`kafkajs has no ${name} any more`);
  return found;
}
