import { setTimeout as pause } from 'node:timers/promises';
import type { Topic } from '@nuncio/contracts';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { brokerError } from '../connection/broker-error.js';
import { topicName } from '../connection/kafka.js';
import { isOfTopic } from '../kafkajs/kafkajs-configs.js';
import { planTopic, type PresentTopic, type TopicPlan } from './topic-plan.js';
import { settingsOf, type TopicChoices } from './topic-settings.js';
import { withAdmin } from '../connection/with-admin.js';

const KNOWN_WITHIN_MS = 30_000;

/** Plans the changes to these topics, and changes nothing. */
export const planTopics = (kafka: Kafka, prefix: string, topics: readonly Topic[], choices: TopicChoices = {}): Promise<TopicPlan[]> =>
  withAdmin(kafka, async (admin) => {
    const present = await onceKnown(() => presentTopics(admin, prefix, topics));
    return topics.map((topic) => planTopic(topic, present.get(topic.name) ?? null, choices));
  });

/**
 * Makes missing topics and sets settings that differ, except those made by hand. Running it again changes nothing. It only ever adds partitions, where asked to.
 * Rejects, having changed nothing, if it must not go on; answers what was done.
 */
export async function applyTopics(kafka: Kafka, prefix: string, topics: readonly Topic[], choices: TopicChoices = {}): Promise<TopicPlan[]> {
  const plans = await planTopics(kafka, prefix, topics, choices);
  const refusals = plans.flatMap((plan) => plan.refusals.map((refusal) => `${topicName(prefix, plan.topic)} ${refusal}.`));
  if (refusals.length) throw new Error(refusals.join('\n'));
  return withAdmin(kafka, async (admin) => {
    await make(admin, prefix, plans.filter(({ isNew }) => isNew), choices);
    // How many copies a new topic has is known when it is there: the cluster may have a default of its own.
    const made = await madeTopics(admin, prefix, plans.filter(({ isNew }) => isNew).map(({ topic }) => topic));
    const mended = plans.map((plan) => (plan.isNew ? planTopic(plan.topic, made.get(plan.topic.name) ?? null, { ...choices, partitions: {} }) : plan));
    const refused = await change(admin, prefix, mended.filter(({ isNew, settings }) => !isNew && settings.length));
    const grown = plans.flatMap(({ topic, isNew, partitions }) => (!isNew && partitions !== null ? [{ topic: topicName(prefix, topic), count: partitions }] : []));
    if (grown.length) await admin.createPartitions({ topicPartitions: grown });
    return plans.map((plan) => ({ ...plan, lines: [...plan.lines, ...(refused.get(plan.topic) ?? [])] }));
  });
}

async function make(admin: Admin, prefix: string, plans: readonly TopicPlan[], choices: TopicChoices): Promise<void> {
  if (!plans.length) return;
  const request = plans.map(({ topic, partitions }) => ({
    topic: topicName(prefix, topic),
    numPartitions: partitions ?? topic.partitions,
    replicationFactor: choices.replication ?? -1,
    // Defaults are set afterwards: a cluster that refuses one of them would not make the topic.
    configEntries: settingsOf(topic, choices.replication ?? -1, { ...choices, minInsync: undefined }).flatMap(({ name, value, kind }) => (kind === 'default' ? [] : [{ name, value }])),
  }));
  try {
    await admin.createTopics({ waitForLeaders: false, topics: request });
  } catch (error) {
    throw new Error(creationsOf(error).map(([topic, why]) => `${topic} cannot be made: ${why}`).join('\n'), { cause: error });
  }
}

/** kafkajs says of several topics that they failed, and how in a list. */
function creationsOf(error: unknown): [topic: string, why: string][] {
  const { errors, message } = error as { message: string; errors?: readonly { topic?: string; type?: string; message: string }[] };
  if (!errors?.length) return [['a topic', message]];
  return errors.flatMap(({ topic = 'a topic', type = '', message: why }) => (type === 'TOPIC_ALREADY_EXISTS' ? [] : [[topic, `${why} (${type})`]]));
}

/** Once all of them have leaders. */
const madeTopics = (admin: Admin, prefix: string, topics: readonly Topic[]): Promise<Map<string, PresentTopic>> =>
  onceKnown(async () => {
    const made = await presentTopics(admin, prefix, topics);
    return made.size === topics.length ? made : undefined;
  });

/** A topic that one broker has made is known to another broker a moment later; kafkajs does not wait for that. Undefined = this one does not know it yet. */
async function onceKnown<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = performance.now() + KNOWN_WITHIN_MS; ; ) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (performance.now() > deadline) throw new Error('the cluster does not show the topics that it has made');
    } catch (error) {
      if (!['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'].includes(brokerError(error) ?? '') || performance.now() > deadline) throw error;
    }
    await pause(100);
  }
}

type Setting = Pick<TopicPlan, 'topic' | 'settings'>;

/** Answers, by topic, which defaults the cluster refuses, in words. Managed clusters let nobody change some settings, or limit them. */
async function change(admin: Admin, prefix: string, plans: readonly Setting[]): Promise<Map<Topic, string[]>> {
  const refused = new Map<Topic, string[]>();
  if (!plans.length || (await isChanged(admin, prefix, plans)) === true) return refused;
  for (const { topic, settings } of plans)
    for (const setting of settings) {
      const { name, value, kind } = setting;
      const error = await isChanged(admin, prefix, [{ topic, settings: [setting] }]);
      if (error === true) continue;
      if (kind !== 'default') throw new Error(`${topicName(prefix, topic)} needs ${name}=${value}, which the cluster refuses: ${error.message}`, { cause: error });
      refused.set(topic, [...(refused.get(topic) ?? []), `does without ${name}=${value}, which the cluster refuses`]);
    }
  return refused;
}

/** True, or the error with which the cluster refuses one of the settings. */
async function isChanged(admin: Admin, prefix: string, plans: readonly Setting[]): Promise<true | Error> {
  const resources = plans.map(({ topic, settings }) => ({
    type: kafkajs.ConfigResourceTypes.TOPIC,
    name: topicName(prefix, topic),
    configEntries: settings.map(({ name, value }) => ({ name, value })),
  }));
  try {
    return await onceKnown(async () => {
      await admin.alterConfigs({ validateOnly: false, resources });
      return true as const;
    });
  } catch (error) {
    if (REFUSALS.has(brokerError(error) ?? '')) return error as Error;
    throw error;
  }
}

const REFUSALS = new Set(['POLICY_VIOLATION', 'INVALID_CONFIG', 'INVALID_REQUEST']);

/** By their names in the contract; those that the cluster has. */
export async function presentTopics(admin: Admin, prefix: string, topics: readonly Topic[]): Promise<Map<string, PresentTopic>> {
  const existing = new Set(await admin.listTopics());
  const there = topics.filter((topic) => existing.has(topicName(prefix, topic)));
  if (!there.length) return new Map();
  const names = there.map((topic) => topicName(prefix, topic));
  const [{ topics: placed }, { resources }] = await Promise.all([
    admin.fetchTopicMetadata({ topics: names }),
    admin.describeConfigs({ includeSynonyms: false, resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })) }),
  ]);
  return new Map(
    there.map((topic) => {
      const name = topicName(prefix, topic);
      const partitions = placed.find((one) => one.name === name)?.partitions ?? [];
      const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
      return [
        topic.name,
        {
          partitions: partitions.length,
          copies: Math.min(...partitions.map(({ replicas }) => replicas.length)),
          settings: new Map(entries.map(({ configName, configValue, configSource }) => [configName, { value: configValue, own: isOfTopic(configSource) }])),
        },
      ];
    }),
  );
}
