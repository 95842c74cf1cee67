import { configLog, configState } from '@nuncio/contracts';
import { createKafka, topicName, withAdmin, type KafkaSettings } from '@nuncio/kafka';

/** The group that nobody consumes with: its offset of `config.log` is the position that is published. */
export const relayGroup = (prefix: string): string => `${prefix}.config-relay`;

/** Up to where changes were published, as Kafka knows it; 0 = it knows of none. Later than the last one that the database has: the database was restored to an earlier moment. */
export const publishedPosition = (settings: KafkaSettings): Promise<number> =>
  withAdmin(createKafka(settings), async (admin) => {
    const [fetched] = await admin.fetchOffsets({ groupId: relayGroup(settings.topicPrefix), topics: [topicName(settings.topicPrefix, configLog)] });
    return Number(fetched?.partitions[0]?.offset ?? 0);
  });

/** Whether anything was ever written to `config.state` as it is now. */
export const hasStates = (settings: KafkaSettings): Promise<boolean> =>
  withAdmin(createKafka(settings), async (admin) => {
    const [end] = await admin.fetchTopicOffsets(topicName(settings.topicPrefix, configState));
    return Number(end?.high ?? 0) > 0;
  });

/** What there is to say where less is stored than was published. Both are positions. */
export const restoredTo = (head: number, published: number): string =>
  `the database was restored to position ${head}, and changes up to ${published} were published: stop config-service and attempt-log, and run npm run rebuild -- --restored`;
