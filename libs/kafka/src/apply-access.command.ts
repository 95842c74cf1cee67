import { parseArgs } from 'node:util';
import { z } from 'zod';
import { applyAccess, printedAccess } from './topics/access.js';
import { commandSettings } from './connection/command-settings.js';
import { createKafka } from './connection/kafka.js';
import { KafkaEnv, kafkaFor } from './connection/kafka-env.js';

/**
 * The command: gives each service its rights on the cluster, as principal `User:<IDENTITY_PREFIX>_<service>`. Run again, it changes nothing. `--print`:
 * prints the rules, without a cluster.
 */
const { values: flags } = parseArgs({ options: { print: { type: 'boolean', default: false } } });
/** The beginning of the services' user names; default: the topics' prefix. */
const own = { IDENTITY_PREFIX: z.string().min(1).optional() };
if (flags.print) {
  const { TOPIC_PREFIX = 'nuncio', IDENTITY_PREFIX = TOPIC_PREFIX } = commandSettings(z.object({ ...own, TOPIC_PREFIX: z.string().optional() }));
  console.log(printedAccess(TOPIC_PREFIX, IDENTITY_PREFIX).join('\n'));
} else {
  const settings = commandSettings(KafkaEnv.extend(own));
  await applyAccess(createKafka(kafkaFor(settings, 'apply-access')), settings.TOPIC_PREFIX, settings.IDENTITY_PREFIX ?? settings.TOPIC_PREFIX);
}
