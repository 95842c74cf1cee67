import { topics } from '@nuncio/contracts';
import { z } from 'zod';
import { commandSettings } from './command-settings.js';
import { createKafka } from './kafka.js';
import { KafkaEnv, kafkaFor } from './kafka-env.js';
import { applyTopics } from './topics.js';

/** The command: makes or mends every topic of an installation. */
const settings = commandSettings(
  KafkaEnv.extend({
    /** -1 = the cluster's own default. */
    TOPIC_REPLICATION: z.coerce.number().int().default(-1),
  }),
);
await applyTopics(createKafka(kafkaFor(settings, 'apply-topics')), settings.TOPIC_PREFIX, topics, settings.TOPIC_REPLICATION);
