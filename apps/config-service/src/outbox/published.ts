import { configLog, configState } from '@nuncio/contracts';
import { createKafka, topicName, withAdmin, type KafkaSettings } from '@nuncio/kafka';

/** The group that nobody consumes with: its offset of `config.log` is the position that is published. */
export const relayGroup = (prefix: string): string => `${prefix}.config-relay`;

type Admin = Pick<ReturnType<ReturnType<typeof createKafka>['admin']>, 'fetchOffsets' | 'fetchTopicOffsets'>;

/** Up to where changes were published, as Kafka knows it; 0 = it knows of none. `metadata`: what the relay left beside it. */
export async function publishedBy(admin: Admin, prefix: string): Promise<{ readonly position: number; readonly metadata: string }> {
  const [fetched] = await admin.fetchOffsets({ groupId: relayGroup(prefix), topics: [topicName(prefix, configLog)] });
  const { offset = '0', metadata } = fetched?.partitions[0] ?? {};
  return { position: Math.max(0, Number(offset)), metadata: metadata ?? '' };
}

/** Whether anything was ever written to `config.state` as it is now. */
export async function areStates(admin: Admin, prefix: string): Promise<boolean> {
  const [end] = await admin.fetchTopicOffsets(topicName(prefix, configState));
  return Number(end?.high ?? 0) > 0;
}

/** The position of `publishedBy`. If it is later than the last one that the database has, the database was restored to an earlier moment. */
export const publishedPosition = (settings: KafkaSettings): Promise<number> => withAdmin(createKafka(settings), async (admin) => (await publishedBy(admin, settings.topicPrefix)).position);

/** The same as `areStates`, for a command, which has no connection of its own. */
export const hasStates = (settings: KafkaSettings): Promise<boolean> => withAdmin(createKafka(settings), (admin) => areStates(admin, settings.topicPrefix));

/** What there is to say where less is stored than was published. Both are positions. */
export const restoredTo = (head: number, published: number): string =>
  `the database was restored to position ${head}, and changes up to ${published} were published: stop config-service and attempt-log, and run npm run rebuild -- --restored`;
