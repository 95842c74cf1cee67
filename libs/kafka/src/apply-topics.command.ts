import { parseArgs } from 'node:util';
import { Logger } from '@nestjs/common';
import { topics } from '@nuncio/contracts';
import { z } from 'zod';
import { commandSettings, MIGRATE_WAIT } from './connection/command-settings.js';
import { createKafka, topicName } from './connection/kafka.js';
import { KafkaEnv, kafkaFor } from './connection/kafka-env.js';
import { checkTopics } from './topics/topic-check.js';
import { PartitionCounts } from './topics/partition-counts.js';
import { applyTopics, planTopics } from './topics/topics.js';
import { waitForKafka } from './connection/wait-for-kafka.js';

/** The command: creates or corrects every topic of an installation. `--plan`: only shows what it would do. */
const { values: flags } = parseArgs({ options: { plan: { type: 'boolean', default: false } } });
const settings = commandSettings(
  KafkaEnv.safeExtend({
    /** Copies of each partition; -1 = the cluster's own default. */
    TOPIC_REPLICATION: z.coerce.number().int().default(-1),
    /** Copies that must have a record before it counts as acknowledged; default 2 if there are three or more. */
    TOPIC_MIN_INSYNC: z.coerce.number().int().min(1).optional(),
    TOPIC_PARTITIONS: PartitionCounts.optional(),
    MIGRATE_WAIT_SECONDS: MIGRATE_WAIT,
  }),
);
const { TOPIC_PREFIX: prefix, TOPIC_REPLICATION: replication, TOPIC_MIN_INSYNC: minInsync, TOPIC_PARTITIONS: partitions } = settings;
const choices = { replication, ...(minInsync !== undefined && { minInsync }), ...(partitions && { partitions }) };
// kafkajs logs every failed connection; what matters is printed here.
Logger.overrideLogger(false);
try {
  const address = kafkaFor(settings, 'apply-topics');
  await waitForKafka(address, { forMs: settings.MIGRATE_WAIT_SECONDS * 1_000 });
  const kafka = createKafka(address);
  const plans = await (flags.plan ? planTopics : applyTopics)(kafka, prefix, topics, choices);
  for (const { topic, lines, refusals } of plans) for (const line of [...lines, ...refusals]) console.log(`topics: ${topicName(prefix, topic)} ${line}`);
  if (plans.every(({ lines, refusals }) => !lines.length && !refusals.length)) console.log('topics: up to date');
  if (plans.some(({ refusals }) => refusals.length)) process.exitCode = 1;
  for (const fault of await checkTopics(kafka, prefix, topics)) console.warn(`topics: ${fault}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
