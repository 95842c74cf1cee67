import { parseArgs } from 'node:util';
import { KafkaEnv, kafkaFor } from '@nuncio/kafka';
import { loadConfig } from '@nuncio/service';
import { z } from 'zod';
import { reread } from './lag/reread.js';

/** How much later than its record a row may have come into the database; a log further behind than this was known to be (`NuncioLogBehind`). */
const BEHIND_MS = 600_000;

/**
 * The command that makes a stopped attempt-log read its topics again: from their beginning, or as far as needed for a database restored to its state
 * at `--since`, an RFC 3339 time.
 */
const { values: flags } = parseArgs({ options: { since: { type: 'string' } } });
const settings = await loadConfig(KafkaEnv);
try {
  const since = z.iso.datetime({ offset: true, error: '--since must be an RFC 3339 time such as 2026-01-31T12:00:00Z' }).optional().safeParse(flags.since);
  if (!since.success) throw new Error(since.error.issues[0]?.message);
  const counts = await reread(kafkaFor(settings, 'reread'), since.data === undefined ? null : Date.parse(since.data) - BEHIND_MS);
  for (const { topic, records } of counts) console.log(`log: ${topic}: ${records} records will be read${since.data === undefined ? '' : `, those since ten minutes before ${since.data}`}`);
} catch (error) {
  console.error(`log: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
