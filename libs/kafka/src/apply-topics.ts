import { topics } from '@nuncio/contracts';
import { z } from 'zod';
import { createKafka } from './kafka.js';
import { KafkaEnv, kafkaFor } from './kafka-env.js';
import { applyTopics } from './topics.js';

/** The command: makes or mends every topic of an installation. */
const settings = KafkaEnv.extend({
  /** -1 = the cluster's own default. */
  TOPIC_REPLICATION: z.coerce.number().int().default(-1),
}).safeParse(process.env);

if (!settings.success) {
  console.error(z.prettifyError(settings.error));
  process.exit(1);
}
const { TOPIC_PREFIX: prefix, TOPIC_REPLICATION: replication } = settings.data;
await applyTopics(createKafka(kafkaFor(settings.data, 'apply-topics')), prefix, topics, replication);
