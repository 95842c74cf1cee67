import { topics } from '@nuncio/contracts';
import { z } from 'zod';
import { createKafka } from './kafka.js';
import { applyTopics } from './topics.js';

/** The command: makes or mends every topic of an installation. */
const settings = z
  .object({
    KAFKA_BROKERS: z
      .string()
      .min(1)
      .transform((list) => list.split(',')),
    TOPIC_PREFIX: z.string().default('nuncio'),
    /** -1 = the cluster's own default. */
    TOPIC_REPLICATION: z.coerce.number().int().default(-1),
  })
  .safeParse(process.env);

if (!settings.success) {
  console.error(z.prettifyError(settings.error));
  process.exit(1);
}
const { KAFKA_BROKERS: brokers, TOPIC_PREFIX: topicPrefix, TOPIC_REPLICATION: replication } = settings.data;
await applyTopics(createKafka({ brokers, topicPrefix, clientId: 'apply-topics' }), topicPrefix, topics, replication);
