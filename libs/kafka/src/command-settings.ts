import { z } from 'zod';
import { settingFaults, settingWords } from './setting-faults.js';

/** The settings of a command, from the environment. With a fault it says so, and ends the process with status 1. */
export function commandSettings<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv = process.env): z.output<S> {
  const given = withoutBlanks(env);
  const settings = schema.safeParse(given, { error: settingWords });
  if (settings.success) return settings.data;
  console.error(settingFaults(settings.error, given).join('\n'));
  process.exit(1);
}

/** How long a command waits for the server that it is about. */
export const MIGRATE_WAIT = z.coerce.number().int().min(0).max(86_400).default(60);

/** `NAME=` in an environment file means: not set. Only lists that may be empty on purpose tell the two apart. */
export const withoutBlanks = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name, value]) => value !== '' || name === 'EGRESS_ALLOW'));
