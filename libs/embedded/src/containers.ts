import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import { freePort } from './free-port.js';

const KAFKA = 'apache/kafka:4.1.0';
const POSTGRES = 'postgres:18-alpine';
const REDIS = 'redis:7-alpine';
const HOST = '127.0.0.1';

export interface StartedServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The three servers as containers; each starts when it is called. They begin empty, and their data is deleted with them. Throws if no Docker engine
 * answers.
 */
export async function containers(): Promise<Record<'kafka' | 'postgres' | 'redis', () => Promise<StartedServer>>> {
  try {
    await getContainerRuntimeClient();
  } catch (cause) {
    throw new Error('NUNCIO_STACK=containers needs a Docker engine and none answers: start one, or leave NUNCIO_STACK out', { cause });
  }
  return { kafka, postgres, redis };
}

async function kafka(): Promise<StartedServer> {
  // A broker must know the address that clients use, so the outside port is chosen before it starts.
  const port = await freePort();
  const container = await new GenericContainer(KAFKA)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_NODE_ID: '1',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      // The broker talks with itself, too, for transactions: inside, where the port of outside is nobody's.
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,BROKER://localhost:9094,CONTROLLER://localhost:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${HOST}:${port},BROKER://localhost:9094`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'BROKER',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    })
    .withWaitStrategy(Wait.forLogMessage('Kafka Server started'))
    .start();
  return server(container, `${HOST}:${port}`);
}

async function postgres(): Promise<StartedServer> {
  const container = await new GenericContainer(POSTGRES)
    .withExposedPorts(5432)
    .withEnvironment({ POSTGRES_USER: 'nuncio', POSTGRES_PASSWORD: 'nuncio', POSTGRES_DB: 'nuncio' })
    // PostgreSQL prints this twice: first during its own initialization.
    .withWaitStrategy(Wait.forLogMessage('database system is ready to accept connections', 2))
    .start();
  return server(container, `postgres://nuncio:nuncio@${container.getHost()}:${container.getMappedPort(5432)}/nuncio`);
}

async function redis(): Promise<StartedServer> {
  const container = await new GenericContainer(REDIS).withExposedPorts(6379).withWaitStrategy(Wait.forLogMessage('Ready to accept connections')).start();
  return server(container, `redis://${container.getHost()}:${container.getMappedPort(6379)}`);
}

const server = (container: StartedTestContainer, url: string): StartedServer => ({
  url,
  stop: async () => {
    await container.stop();
  },
});
