import { setTimeout as pause } from 'node:timers/promises';
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { Coordinator, OffsetAnswer } from 'kafkajs/src/cluster/index.js';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
import type { Committed } from './committed-offsets.js';
import { createKafka, METADATA_MAX_AGE_MS, type KafkaSettings } from '../connection/kafka.js';
import { mapAnswers } from '../kafkajs/kafkajs-private.js';
import { createProducerCluster } from '../kafkajs/kafkajs-producer.js';
import { Leaders } from '../connection/leaders.js';

/** Timestamps that mean the end of a partition, and its first record. */
export const END = -1;
export const BEGINNING = -2;

/** A partition that is new, or whose leader has just changed, is led a moment later. */
const TRIES = 6;
const AGAIN_AFTER_MS = 250;

/** Offsets of a topic by partition; an error if one of its partitions did not answer. */
export type OffsetsOf = ReadonlyMap<number, number> | Error;

/** Reads offsets of many topics with one request to each broker. kafkajs' admin client sends several requests for each topic. Topics have their full names. */
export class Offsets {
  readonly #cluster: Cluster;
  readonly #leaders: Leaders;

  constructor(settings: KafkaSettings) {
    this.#cluster = createProducerCluster(createKafka(settings), { metadataMaxAge: METADATA_MAX_AGE_MS });
    mapAnswers(this.#cluster, apiKeys.ListOffsets, () => (answer) => answer);
    this.#leaders = new Leaders(this.#cluster);
  }

  /** Learns which brokers lead these topics, if that is not known or too old. */
  async know(topics: readonly string[]): Promise<void> {
    await this.#cluster.connect();
    await this.#cluster.addMultipleTargetTopics(topics);
    await this.#cluster.refreshMetadataIfNecessary();
  }

  disconnect(): Promise<void> {
    return this.#cluster.disconnect();
  }

  /** For each topic and its timestamp, the offset of the first record that is not older; -1 = there is none. Never rejects. */
  async at(timestamps: ReadonlyMap<string, number>): Promise<Map<string, OffsetsOf>> {
    const found = await this.#once(timestamps);
    for (let tries = 1; tries < TRIES; tries++) {
      const again = new Map([...timestamps].filter(([topic]) => isRetriable(found.get(topic))));
      if (again.size === 0) break;
      await pause(AGAIN_AFTER_MS);
      await this.#cluster.refreshMetadata().catch(() => undefined);
      for (const [topic, offsets] of await this.#once(again)) found.set(topic, offsets);
    }
    return found;
  }

  async #once(timestamps: ReadonlyMap<string, number>): Promise<Map<string, OffsetsOf>> {
    const found = new Map<string, Map<number, number> | Error>();
    const led = new Map<number, Map<string, number[]>>();
    for (const topic of timestamps.keys()) {
      const partitions = this.#leaders.partitionsOf(topic);
      found.set(topic, partitions instanceof Error ? partitions : new Map());
      if (partitions instanceof Error) continue;
      for (const { partitionId } of partitions) {
        const leader = this.#leaders.leaderOf(topic, partitionId);
        if (leader instanceof Error) found.set(topic, leader);
        else led.set(leader, (led.get(leader) ?? new Map<string, number[]>()).set(topic, [...(led.get(leader)?.get(topic) ?? []), partitionId]));
      }
    }
    const answers = await Promise.all([...led].map(([nodeId, topics]) => this.#ask(nodeId, topics, timestamps)));
    for (const [topic, answer] of answers.flat()) {
      const offsets = found.get(topic);
      if (answer instanceof Error) found.set(topic, answer);
      else if (offsets instanceof Map) for (const { partition, offset } of answer) offsets.set(partition, Number(offset));
    }
    return found;
  }

  /** What a group has committed of these topics. */
  async committed(groupId: string, topics: readonly string[]): Promise<Map<string, ReadonlyMap<number, Committed>>> {
    const asked = topics.map((topic) => {
      const partitions = this.#leaders.partitionsOf(topic);
      if (partitions instanceof Error) throw partitions;
      return { topic, partitions: partitions.map(({ partitionId: partition }) => ({ partition })) };
    });
    const { responses } = await this.#ofCoordinator(groupId, (coordinator) => coordinator.offsetFetch({ groupId, topics: asked }));
    return new Map(responses.map(({ topic, partitions }) => [topic, new Map(partitions.map((one) => [one.partition, one]))]));
  }

  /** Whether any process is in this group now. Without members, anybody may set its offsets. */
  async hasMembers(groupId: string): Promise<boolean> {
    const { groups } = await this.#ofCoordinator(groupId, (coordinator) => coordinator.describeGroups({ groupIds: [groupId] }));
    return groups.some(({ members }) => members.length > 0);
  }

  async #ofCoordinator<T>(groupId: string, ask: (coordinator: Coordinator) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++)
      try {
        return await ask(await this.#cluster.findGroupCoordinator({ groupId }));
      } catch (error) {
        // A coordinator that has just begun reads the group first.
        if (tries === TRIES || !isRetriable(error)) throw error;
        await pause(AGAIN_AFTER_MS);
      }
  }

  async #ask(nodeId: number, topics: ReadonlyMap<string, readonly number[]>, timestamps: ReadonlyMap<string, number>): Promise<(readonly [string, readonly OffsetAnswer[] | Error])[]> {
    try {
      const broker = await this.#cluster.findBroker({ nodeId });
      const asked = [...topics].map(([topic, partitions]) => ({ topic, partitions: partitions.map((partition) => ({ partition, timestamp: timestamps.get(topic) ?? END })) }));
      const { responses } = await broker.listOffsets({ topics: asked });
      const failed = responses.flatMap(({ topic, partitions }) => partitions.filter(({ errorCode }) => errorCode !== 0).map(({ errorCode }) => [topic, createErrorFromCode(errorCode)] as const));
      return [...responses.map(({ topic, partitions }) => [topic, partitions] as const), ...failed];
    } catch (error) {
      const fault = error instanceof Error ? error : new Error(String(error));
      return [...topics.keys()].map((topic) => [topic, fault] as const);
    }
  }
}

/** The offsets of one topic, as `at` found them. Throws the topic's error. */
export function offsetsIn(found: ReadonlyMap<string, OffsetsOf>, topic: string): ReadonlyMap<number, number> {
  const offsets = found.get(topic);
  if (offsets === undefined || offsets instanceof Error) throw offsets ?? new Error(`${topic} is unknown`);
  return offsets;
}

const isRetriable = (answer: unknown): boolean => answer instanceof Error && (answer as { retriable?: boolean }).retriable !== false;
