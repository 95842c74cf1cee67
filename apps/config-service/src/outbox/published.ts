import { configLog, configState } from '@nuncio/contracts';
import { createKafka, topicName, withAdmin, type KafkaSettings } from '@nuncio/kafka';

/** A group without members. Its offset of `config.log` is the published position. */
export const relayGroup = (prefix: string): string => `${prefix}.config-relay`;

type Admin = Pick<ReturnType<ReturnType<typeof createKafka>['admin']>, 'fetchOffsets' | 'fetchTopicOffsets'>;

/** The position up to which changes were published, as Kafka knows it; 0 = unknown. `metadata`: what the relay stored with it. */
export async function publishedBy(admin: Admin, prefix: string): Promise<{ readonly position: number; readonly metadata: string }> {
  const [fetched] = await admin.fetchOffsets({ groupId: relayGroup(prefix), topics: [topicName(prefix, configLog)] });
  const { offset = '0', metadata } = fetched?.partitions[0] ?? {};
  return { position: Math.max(0, Number(offset)), metadata: metadata ?? '' };
}

/** Whether anything was ever written to the present topic `config.state`. */
export async function areStates(admin: Admin, prefix: string): Promise<boolean> {
  const [end] = await admin.fetchTopicOffsets(topicName(prefix, configState));
  return Number(end?.high ?? 0) > 0;
}

/** The position of `publishedBy`. If it is later than the database's last event, the database was restored to an earlier moment. */
export const publishedPosition = (settings: KafkaSettings): Promise<number> => withAdmin(createKafka(settings), async (admin) => (await publishedBy(admin, settings.topicPrefix)).position);

/** `areStates` for a command, which has no connection of its own. */
export const hasStates = (settings: KafkaSettings): Promise<boolean> => withAdmin(createKafka(settings), (admin) => areStates(admin, settings.topicPrefix));

/** The message if fewer changes are stored than were published. Both are positions. */
export const restoredTo = (head: number, published: number): string =>
  `the database was restored to position ${head}, and changes up to ${published} were published: stop config-service and attempt-log, and run npm run rebuild -- --restored`;
