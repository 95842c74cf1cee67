import type { Topic } from '@nuncio/contracts';
import type { Kafka } from 'kafkajs';
import { topicName } from '../connection/kafka.js';
import type { PresentTopic } from './topic-plan.js';
import { BY_THE_BROKER, CLEANUP, hasOnePartition, MAX_MESSAGE, MIN_INSYNC, RETENTION, RETENTION_BYTES, soundRetentionMs, TIMESTAMPS, UNCLEAN } from './topic-settings.js';
import { presentTopics } from './topics.js';
import { withAdmin } from '../connection/with-admin.js';

/** The faults of the cluster's settings for these topics, one sentence each; a topic that does not exist is ignored. */
export const checkTopics = (kafka: Kafka, prefix: string, topics: readonly Topic[]): Promise<string[]> =>
  withAdmin(kafka, async (admin) => {
    const present = await presentTopics(admin, prefix, topics);
    return faultsOf(
      topics.flatMap((topic) => {
        const found = present.get(topic.name);
        return found ? [{ topic, name: topicName(prefix, topic), found }] : [];
      }),
    );
  });

interface Found {
  readonly topic: Topic;
  readonly name: string;
  readonly found: PresentTopic;
}

/** Pure. */
export function faultsOf(all: readonly Found[]): string[] {
  const where = (is: (found: Found) => boolean): string => all.filter(is).map(({ name }) => name).join(', ');
  const setting = ({ found }: Found, name: string): string => found.settings.get(name)?.value ?? '';
  const alone = where((one) => Number(setting(one, MIN_INSYNC)) < 2);
  const stamped = where((one) => setting(one, TIMESTAMPS) !== BY_THE_BROKER);
  // A broker that does not say is not at fault.
  const policyOf = (one: Found): string => setting(one, CLEANUP) || one.topic.cleanup;
  const forgetful = where((one) => one.topic.cleanup === 'compact' && policyOf(one) !== 'compact');
  const compacted = where((one) => one.topic.cleanup === 'delete' && policyOf(one) !== 'delete');
  const narrow = where((one) => Number(setting(one, MAX_MESSAGE) || Infinity) < one.topic.maxMessageBytes);
  const split = where(({ topic, found }) => hasOnePartition(topic) && found.partitions > 1);
  const full = where((one) => soundRetentionMs(one.topic) > 0 && Number(setting(one, RETENTION_BYTES) || -1) >= 0);
  const unclean = where((one) => setting(one, UNCLEAN) === 'true');
  const short = all.filter((one) => Number(setting(one, RETENTION)) >= 0 && Number(setting(one, RETENTION)) < soundRetentionMs(one.topic));
  return [
    ...(alone ? [`${MIN_INSYNC} is 1: a record counts as acknowledged when one broker has it, and is lost with that broker (${alone}). On three brokers or more set TOPIC_REPLICATION=3 and TOPIC_MIN_INSYNC=2 before npm run migrate`] : []),
    ...(stamped ? [`${TIMESTAMPS} is not ${BY_THE_BROKER}: records go by the clocks of who writes them, and may come early, late or never (${stamped}). Run npm run migrate`] : []),
    ...(forgetful ? [`${CLEANUP} is not compact: a state that does not change is deleted in time, and a service that starts later does not know it (${forgetful}). Run npm run migrate, and then npm run rebuild`] : []),
    ...(compacted ? [`${CLEANUP} is not delete: of several records with the same key Kafka keeps the last, and the others are lost (${compacted}). Run npm run migrate`] : []),
    ...(narrow ? [`${MAX_MESSAGE} is too small: large records are refused, and go to quarantine (${narrow}). Run npm run migrate`] : []),
    ...(full ? [`${RETENTION_BYTES} is set: when a partition is full, records are deleted that nobody has read, or that are not due yet (${full}). Set it to -1`] : []),
    ...(unclean ? [`${UNCLEAN} is true: a broker that lacks acknowledged records may become the leader, and they are lost (${unclean}). Set it to false`] : []),
    ...(split ? [`what has to have one partition has more, and its order is lost (${split}). Run npm run migrate, which says what to do`] : []),
    ...short.map((one) => `${one.name} keeps records for ${setting(one, RETENTION)} ms: what is not read within that time is lost. Set its ${RETENTION} to ${soundRetentionMs(one.topic)} at least, which leaves a day`),
  ];
}
