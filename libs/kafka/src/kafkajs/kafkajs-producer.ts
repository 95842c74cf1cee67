import kafkajs, { type Kafka, type Producer, type ProducerConfig } from 'kafkajs';
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { ClusterOptions, PartitionAnswer, ProduceRequest, ProduceResponse, TopicData } from 'kafkajs/src/cluster/index.js';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
import createRetry from 'kafkajs/src/retry/index.js';
import { mapAnswers, privateOf, withCluster } from './kafkajs-private.js';
import { Leaders, type Part } from '../connection/leaders.js';

/**
 * A repair of kafkajs (kafkajs-patches.ts). A send remembers across its retries which *brokers* have answered. If a partition moves to one of them, its records
 * are never sent, and the send resolves (tulios/kafkajs#1303). Therefore kafkajs is shown one broker that leads every partition. Behind it, answers are kept for each
 * partition.
 */
export function mendProducers(): void {
  const { producer } = kafkajs.Kafka.prototype as unknown as { producer: (this: Kafka, config: ProducerConfig) => Producer };
  kafkajs.Kafka.prototype.producer = function (this: Kafka, config: ProducerConfig = {}) {
    const retrier = createRetry({ ...privateOf(this, 'clusterRetry'), ...config.retry });
    const createCluster = (options: ClusterOptions) => ledByOne(createProducerCluster(this, options), retrier);
    return producer.call(withCluster(this, createCluster), config);
  };
}

/** A cluster whose answers to metadata and produce requests are given as they are: kafkajs makes an error of all when one topic or partition has one. */
export function createProducerCluster(kafka: Kafka, options: ClusterOptions): Cluster {
  const cluster = privateOf(kafka, 'createCluster')(options);
  for (const apiKey of [apiKeys.Produce, apiKeys.Metadata]) mapAnswers(cluster, apiKey, () => (answer) => answer);
  return cluster;
}

const ALL = 'all';

function ledByOne(cluster: Cluster, retrier: ReturnType<typeof createRetry>): Cluster {
  const one = new OneLeader(cluster, retrier);
  const findBroker = cluster.findBroker.bind(cluster);
  cluster.findBroker = ({ nodeId }) => (nodeId === ALL ? Promise.resolve(one) : findBroker({ nodeId })) as ReturnType<Cluster['findBroker']>;
  cluster.findLeaderForPartitions = (_, partitions) => ({ [ALL]: partitions.map(Number) });
  return cluster;
}

/** Takes records for any partition, and answers when the leader of each has acknowledged them, or one of them never will. */
class OneLeader {
  readonly nodeId = ALL;
  readonly #leaders: Leaders;
  #broken: string | null = null;

  constructor(
    private readonly cluster: Cluster,
    private readonly retrier: ReturnType<typeof createRetry>,
  ) {
    this.#leaders = new Leaders(cluster);
  }

  async produce({ topicData, ...request }: ProduceRequest & { topicData: TopicData }): Promise<ProduceResponse> {
    const parts = topicData.flatMap(({ topic, partitions }) => partitions.map((part): Part => ({ ...part, topic })));
    const identity = isIdempotent(request) ? `${request.producerId} ${request.producerEpoch}` : null;
    if (identity !== null && identity === this.#broken) throw new kafkajs.KafkaJSNonRetriableError('what a send before wrote is not known: the producer has to be made anew');
    const acknowledged = new Map<Part, PartitionAnswer>();
    try {
      await this.retrier(async (bail) => {
        const missing = parts.filter((part) => !acknowledged.has(part));
        const errors: Error[] = [];
        for (const [part, outcome] of await this.#leaders.produce(missing, request)) {
          if (outcome instanceof Error) errors.push(outcome);
          else acknowledged.set(part, outcome);
        }
        const worst = errors.find(isFinal) ?? errors[0];
        if (!worst) return;
        if (isFinal(worst)) {
          bail(worst);
          return;
        }
        await this.cluster.refreshMetadata();
        throw worst;
      });
    } catch (error) {
      // kafkajs takes all sequence numbers back, also those of what was written: the broker would drop what comes next under them as a second copy.
      this.#broken = identity;
      throw error;
    }
    return { topics: [...acknowledged].map(([{ topic }, answer]) => ({ topicName: topic, partitions: [answer] })) };
  }
}

const isIdempotent = ({ producerId }: ProduceRequest): boolean => producerId !== undefined && Number(producerId) >= 0;
const isFinal = (error: Error): boolean => (error as { retriable?: boolean }).retriable === false;
