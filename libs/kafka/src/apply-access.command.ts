import { z } from 'zod';
import { applyAccess } from './access.js';
import { commandSettings } from './command-settings.js';
import { createKafka } from './kafka.js';
import { KafkaEnv, kafkaFor } from './kafka-env.js';

/** The command: lets each service do on the cluster what it has to, as principal `User:<IDENTITY_PREFIX>_<service>`. Given again, it changes nothing. */
const settings = commandSettings(
  KafkaEnv.extend({
    /** The beginning of the services' user names; the topics' prefix where absent. */
    IDENTITY_PREFIX: z.string().min(1).optional(),
  }),
);
await applyAccess(createKafka(kafkaFor(settings, 'apply-access')), settings.TOPIC_PREFIX, settings.IDENTITY_PREFIX ?? settings.TOPIC_PREFIX);
