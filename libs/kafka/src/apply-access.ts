import { applyAccess } from './access.js';
import { commandSettings } from './command-settings.js';
import { createKafka } from './kafka.js';
import { KafkaEnv, kafkaFor } from './kafka-env.js';

/** The command: lets each service do on the cluster what it has to, as principal `User:<prefix>_<service>`. Given again, it changes nothing. */
const settings = commandSettings(KafkaEnv);
await applyAccess(createKafka(kafkaFor(settings, 'apply-access')), settings.TOPIC_PREFIX);
