import { z } from 'zod';
import { applyAccess } from './access.js';
import { createKafka } from './kafka.js';
import { KafkaEnv, kafkaFor } from './kafka-env.js';

/** The command: lets each service do on the cluster what it has to, as principal `User:<prefix>_<service>`. Given again, it changes nothing. */
const settings = KafkaEnv.safeParse(process.env);
if (!settings.success) {
  console.error(z.prettifyError(settings.error));
  process.exit(1);
}
await applyAccess(createKafka(kafkaFor(settings.data, 'apply-access')), settings.data.TOPIC_PREFIX);
