import { z } from 'zod';
import { applyAccess } from './access.js';
import { commandSettings } from './command-settings.js';
import { createKafka } from './kafka.js';
import { KafkaEnv, kafkaFor } from './kafka-env.js';

/** The command: gives each service its rights on the cluster, as principal `User:<IDENTITY_PREFIX>_<service>`. Run again, it changes nothing. */
const settings = commandSettings(
  KafkaEnv.extend({
    /** The beginning of the services' user names; default: the topics' prefix. */
    IDENTITY_PREFIX: z.string().min(1).optional(),
  }),
);
await applyAccess(createKafka(kafkaFor(settings, 'apply-access')), settings.TOPIC_PREFIX, settings.IDENTITY_PREFIX ?? settings.TOPIC_PREFIX);
