import { words } from '@nuncio/contracts';
import { z } from 'zod';
import { settingFaults } from './setting-faults.js';

/** The settings of a command, from the environment. A fault is printed, and ends the process with status 1. */
export function commandSettings<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv = process.env): z.output<S> {
  const given = withoutBlanks(env);
  const settings = schema.safeParse(given, { error: words });
  if (settings.success) return settings.data;
  console.error(settingFaults(settings.error, given).join('\n'));
  process.exit(1);
}

/** How many seconds a command waits for its server. */
export const MIGRATE_WAIT = z.coerce.number().int().min(0).max(86_400).default(60);

/** `NAME=` in an environment file means that it is not set, except for lists that may be empty on purpose. */
export const withoutBlanks = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name, value]) => value !== '' || name === 'EGRESS_ALLOW'));
