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

/**
 * Changes what kafkajs asks of a cluster, whoever asks:
 *
 * - No topic is made by asking for it. By default kafkajs lets brokers do that, and brokers do: a topic that does not exist, or was deleted, would be made with the broker's
 *   settings, which are not Nuncio's, and nobody would hear that it was gone.
 * - `seeds`, the addresses to begin with, may be of IPv6. kafkajs splits `[::1]:9092` at its first colon.
 */
export function withSeeds(kafka: Kafka, seeds: readonly BrokerAddress[]): Kafka {
  const createCluster = privateOf(kafka, 'createCluster');
  const create = (options: ClusterOptions): Cluster => {
    const cluster = createCluster({ ...options, allowAutoTopicCreation: false });
    const { connectionPoolBuilder } = cluster;
    const { build } = connectionPoolBuilder;
    let next = 0;
    connectionPoolBuilder.build = (address) => build(address ?? seeds[next++ % seeds.length]);
    return cluster;
  };
  return Object.assign(kafka, { [symbolOf(kafka, 'createCluster')]: create });
}

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
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
