import { topics } from '@nuncio/contracts';
import { z } from 'zod';
import { acknowledgedByOne } from './acknowledged-by-one.js';
import { commandSettings } from './command-settings.js';
import { createKafka } from './kafka.js';
import { KafkaEnv, kafkaFor } from './kafka-env.js';
import { applyTopics } from './topics.js';

/** The command: makes or mends every topic of an installation. */
const settings = commandSettings(
  KafkaEnv.extend({
    /** Copies of each partition; -1 = the cluster's own default. */
    TOPIC_REPLICATION: z.coerce.number().int().default(-1),
    /** Copies that have a record when it counts as acknowledged; default 2 where there are three or more. */
    TOPIC_MIN_INSYNC: z.coerce.number().int().min(1).optional(),
  }),
);
const kafka = createKafka(kafkaFor(settings, 'apply-topics'));
await applyTopics(kafka, settings.TOPIC_PREFIX, topics, { replication: settings.TOPIC_REPLICATION, minInsync: settings.TOPIC_MIN_INSYNC });
const warning = await acknowledgedByOne(kafka, settings.TOPIC_PREFIX, topics);
if (warning) console.warn(warning);
